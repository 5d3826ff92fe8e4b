import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudit, createAuditForwarding, type AuditTarget } from '../../src/audit/index.ts'
import type { Database } from '../../src/database/index.ts'
import { createTestClock, silentLog } from '../kit/index.ts'

type Deps = Parameters<typeof createAuditForwarding>[0]

/** The forwarding of the audit list on a database of the test, with a clock, a file and a list of incidents. */
export function createForwardingStage(database: Database) {
  const clock = createTestClock()
  const audit = createAudit(database, clock)
  const folder = mkdtempSync(join(tmpdir(), 'postkey-audit-'))
  const file = join(folder, 'audit.jsonl')
  const incidents: string[] = []

  return {
    ...{ clock, audit, folder, file, incidents },
    /** A server that forwards to the targets. */
    create: (targets: AuditTarget[], changes: Partial<Deps> = {}) =>
      createAuditForwarding({
        ...{ database, clock, log: silentLog, targets, random: () => 1 },
        present: (entries) => Promise.resolve(entries.map((entry) => ({ ...entry, actorName: 'Ann' }))),
        incident: {
          open: ({ server, detail }) => Promise.resolve(void incidents.push(`open: ${server}. ${detail}`)),
          end: ({ server }) => Promise.resolve(void incidents.push(`end: ${server}`)),
        },
        ...changes,
      }),
    record: (...subjects: string[]) =>
      audit.record(
        database.db,
        ...subjects.map((subject) => ({
          ...{ actor: 'cli', subject, detail: { prefix: 'pk' } },
          action: 'api_key.revoked' as const,
        })),
      ),
    written: () => linesOf(readFileSync(file, 'utf8')),
    reset: async () => {
      await database.pool.query('TRUNCATE audit_entries, audit_forwards')
      for (const path of [file, `${file}.1`]) rmSync(path, { force: true, recursive: true })
      incidents.length = 0
    },
  }
}

/** Entries in a text of JSON lines. */
function linesOf(text: string): { id: number; subject: string }[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { id: number; subject: string })
}

export function subjects(entries: readonly { subject: string }[]): string[] {
  return entries.map(({ subject }) => subject)
}
