/** Import from a real Dovecot: everything stored and searchable, beside a program that only fetches and parses. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDovecot } from '../mail-servers/index.ts'
import { startEmbeddedPostgres } from '../server/src/database/index.ts'
import type { Bench } from './figures.ts'
import { fillMailbox } from './mailbox-of-mail.ts'
import { sumCpuSeconds, listFamily } from './process-figures.ts'
import { SERVER_FLAGS } from './server-flags.ts'

const USER = 'support@contoso.example'
/** Mailboxes that are imported at the same time, with half of the letters each. */
const PAIR = ['sales@contoso.example', 'billing@contoso.example']

interface Imported {
  count: number
  ms: number
  cpuSeconds: number
  newest50Ms?: number
  found?: number
  mostQueued?: number
}

export async function imapImport({ quick, tell, say }: Bench): Promise<void> {
  const letters = quick ? 3000 : 10_000
  const folder = mkdtempSync(join(tmpdir(), 'postkey-bench-'))
  chmodSync(folder, 0o711)
  // Laying the mail there would wait for the disk ten thousand times.
  const dovecot = await startDovecot({
    users: Object.fromEntries([USER, ...PAIR].map((user) => [user, 'pw'])),
    extra: 'mail_fsync = never',
  })
  const postgres = await startEmbeddedPostgres({ dataFolder: folder })
  try {
    say(`laying ${letters} letters into Dovecot`)
    const bytes = await fillMailbox(dovecot, USER, letters, new Date())
    for (const user of PAIR) await fillMailbox(dovecot, user, letters / PAIR.length, new Date())
    const port = String(dovecot.imapPort)
    // All that works for it: the programs, Dovecot and PostgreSQL.
    const cpuSeconds = () => sumCpuSeconds(listFamily(process.pid).filter((pid) => pid !== process.pid))
    async function measured(file: string, args: readonly string[]) {
      const before = cpuSeconds()
      let all = 0
      const said = await inProcess<Imported>(file, args, () => (all = cpuSeconds() - before))
      return { ...said, cpuMsOfAll: (all * 1000) / said.count }
    }
    say('fetching and parsing them by the plainest means')
    const plain = await measured('plain-import.ts', [port, USER])
    say('importing them')
    const ours = await measured('stored-import.ts', [port, postgres.url, String(letters), USER])
    // A second time, because the first warmed the cache of the disk for the other.
    const again = await measured('plain-import.ts', [port, USER])
    say('importing two mailboxes at a time')
    const pair = await measured('stored-import.ts', [port, postgres.url, String(letters), ...PAIR])
    const rate = ({ count, ms }: Imported) => (count * 1000) / ms
    if (plain.count !== letters || ours.count !== letters) throw new Error(`${ours.count} of ${letters} letters came`)
    tell({ name: 'size of a letter', value: bytes / letters / 1024, unit: 'kB' })
    tell({
      ...{ name: 'import', value: rate(ours), unit: '1/s', baseline: Math.max(rate(plain), rate(again)) },
      wanted: { of: 'ratio', atLeast: 0.6 },
    })
    tell({
      ...{ name: 'import of two mailboxes at a time', value: rate(pair), unit: '1/s', baseline: rate(ours) },
      wanted: { of: 'ratio', atLeast: 1.2 },
    })
    tell({
      ...{ name: 'CPU of everything for a letter, two mailboxes', value: pair.cpuMsOfAll, unit: 'ms' },
      baseline: ours.cpuMsOfAll,
    })
    tell({
      ...{ name: 'CPU of everything for a letter', value: ours.cpuMsOfAll, unit: 'ms' },
      baseline: Math.min(plain.cpuMsOfAll, again.cpuMsOfAll),
    })
    tell({ name: 'newest 50 stored', value: ours.newest50Ms!, unit: 'ms', wanted: { atMost: 2000 } })
    tell({ name: 'most messages stored and not yet searchable', value: ours.mostQueued!, unit: 'messages' })
    tell({ name: 'found by words afterwards', value: ours.found!, unit: 'conversations', wanted: { atLeast: 50 } })
    tell({
      ...{ name: 'CPU of the server for a letter', value: (ours.cpuSeconds * 1000) / letters, unit: 'ms' },
      baseline: (Math.min(plain.cpuSeconds, again.cpuSeconds) * 1000) / letters,
    })
  } finally {
    await postgres.stop()
    await dovecot.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Final message of a child program; `beforeEnd` is called while it still runs. */
export async function inProcess<T>(file: string, args: readonly string[], beforeEnd?: () => void): Promise<T> {
  const child = fork(join(import.meta.dirname, file), args, { execArgv: SERVER_FLAGS })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code}`)
  })
  const [said] = (await Promise.race([once(child, 'message'), ended])) as [T]
  beforeEnd?.()
  await ended.catch(() => undefined)
  return said
}
