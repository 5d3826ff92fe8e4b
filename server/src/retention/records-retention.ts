import { sql } from 'kysely'
import { type AuditLog, deleteOldEntries } from '../audit/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { deleteOldSignIns } from '../people/index.ts'
import { deleteOldSignInLinks } from '../tokens/index.ts'
import { daysAgo } from './ages.ts'
import type { InstallationAges } from './retention-settings.ts'
import { createUnreportedCounts } from './unreported-counts.ts'

interface DeletedRecords {
  auditEntries: number
  signIns: number
}

const NOTHING: DeletedRecords = { auditEntries: 0, signIns: 0 }
const unreported = createUnreportedCounts('installation_retention', sql`one`, NOTHING)

/**
 * Deletes audit entries and records of sign-ins where an admin set an age. The audit list gets an entry with their counts, even
 * if this process is killed before.
 */
export function createRecordsRetention(deps: { database: Database; clock: Clock; audit: AuditLog; batchRows: number }) {
  const { database, clock, audit, batchRows } = deps

  async function run({ auditDays, signInsDays }: InstallationAges, end: AbortSignal): Promise<DeletedRecords> {
    const before = (days: number) => daysAgo(clock.now(), days)
    if (auditDays !== undefined) {
      const oldEntries = { before: before(auditDays), now: clock.now(), limit: batchRows }
      await repeat('auditEntries', (tx) => deleteOldEntries(tx, oldEntries), end)
    }
    if (signInsDays !== undefined) {
      await repeat('signIns', (tx) => deleteOldSignIns(tx, before(signInsDays), batchRows), end)
      await repeat('signIns', (tx) => deleteOldSignInLinks(tx, before(signInsDays), batchRows), end)
    }
    return report()
  }

  async function repeat(kind: keyof DeletedRecords, deleteBatch: (tx: Tx) => Promise<number>, end: AbortSignal) {
    let count = batchRows
    while (count >= batchRows && !end.aborted) {
      count = await database.transaction(async (tx) => {
        const deleted = await deleteBatch(tx)
        await unreported.add(tx, { [kind]: deleted })
        return deleted
      })
    }
  }

  function report(): Promise<DeletedRecords> {
    return database.transaction(async (tx) => {
      const detail = await unreported.take(tx)
      if (!detail) return NOTHING
      await audit.record(tx, {
        actor: 'postkey',
        action: 'retention.applied',
        subject: 'retention',
        detail: { ...detail },
      })
      return detail
    })
  }

  return { run }
}
