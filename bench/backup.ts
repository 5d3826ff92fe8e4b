/** Backup, verification and restore of a large database by the commands, while letters arrive. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { startEmbeddedPostgres } from '../server/src/database/index.ts'
import { createControlPanel } from '../proofs/drill/control-panel.ts'
import { SHARED } from '../proofs/walk/connect-support.ts'
import { readDatabaseUrl } from '../proofs/walk/traces.ts'
import type { Bench } from './figures.ts'
import { fillWithYears } from './large/fill.ts'
import { listFamily, sumCpuSeconds } from './process-figures.ts'
import { onStage, type Stage } from './stage.ts'

const ROOT = join(import.meta.dirname, '..')
const MESSAGES = { full: 300_000, quick: 3_000 }
/** Stored sources are compressed, so random bytes are the nearest: 300,000 of them make ten gigabytes. */
const SOURCE_BYTES = 30_000
const SOURCES_A_STATEMENT = 200
const ARRIVALS_PER_SECOND = 50
const PATIENCE_MS = 120_000
/** The plainest way to read all rows once: COPY of the tables with most of the bytes, which PostgreSQL drops itself. */
const PLAIN = ['messages', 'message_sources', 'search_entries', 'attachments', 'message_locations', 'conversations']

export async function backup(bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-bench-'))
  chmodSync(folder, 0o711)
  try {
    await onStage(bench, (stage) => measure(bench, stage, folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(bench: Bench, stage: Stage, folder: string): Promise<void> {
  const { tell, say } = bench
  const { postkey, database } = stage
  const messages = bench.quick ? MESSAGES.quick : MESSAGES.full
  await fillWithYears(postkey.place, stage.accountId, messages, say)
  await storeSources(database, say)
  const url = readDatabaseUrl(postkey.place)
  const [{ bytes } = { bytes: 0 }] = await rowsOf<{ bytes: number }>(database, 'SELECT pg_database_size(current_database())::float8 AS bytes') // prettier-ignore
  tell({ name: 'database', value: bytes / 1e9, unit: 'GB' })
  const plain = await timed(async () => {
    for (const table of PLAIN) await database.query(`COPY (SELECT * FROM ${table}) TO '/dev/null'`)
  })

  const file = join(folder, 'all.backup')
  const arrivals = await startArrivals(stage)
  await arrivals.untilStored(ARRIVALS_PER_SECOND)
  const before = arrivals.stored()
  const written = await command(['backup', file], { DATABASE_URL: url })
  const { delivered, seconds } = await arrivals.stop()
  tell({ name: 'backup', value: written.seconds, unit: 's', baseline: plain / 1000 })
  tell({ name: 'arrivals during the backup', value: delivered / seconds, unit: '1/s' })
  tell({ name: 'size of the backup', value: statSync(file).size / 1e9, unit: 'GB', baseline: bytes / 1e9 })
  tellProcess(bench, 'backup', written)

  const verified = await command(['backup', 'verify', file], {})
  tell({ name: 'verification', value: verified.seconds, unit: 's', baseline: written.seconds })
  tellProcess(bench, 'verification', verified)

  const other = await startEmbeddedPostgres({ dataFolder: folder })
  try {
    const restored = await command(['restore', file], { DATABASE_URL: other.url })
    tell({ name: 'restore', value: restored.seconds, unit: 's', baseline: written.seconds })
    tellProcess(bench, 'restore', restored)
    await checkRestored(other.url, { laid: messages, before, delivered: arrivals.subjects })
  } finally {
    await other.stop()
  }
}

/** Each letter that was stored before the backup is restored once, and each other at most once. */
async function checkRestored(
  url: string,
  { laid, before, delivered }: { laid: number; before: ReadonlySet<string>; delivered: readonly string[] },
): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const found = await rowsOf<{ subject: string; count: number }>(client, `SELECT subject, count(*)::integer AS count
      FROM messages WHERE subject LIKE 'Arrival %' GROUP BY 1`) // prettier-ignore
    const counts = new Map(found.map(({ subject, count }) => [subject, count]))
    const lost = [...before].filter((subject) => !counts.has(subject))
    const twice = delivered.filter((subject) => (counts.get(subject) ?? 0) > 1)
    const [all] = await rowsOf<{ count: number }>(client, `SELECT count(*)::integer AS count FROM message_sources`)
    if (lost.length > 0) throw new Error(`the backup lacks ${lost.length} letters that were stored before it`)
    if (twice.length > 0) throw new Error(`the backup has ${twice.length} letters twice`)
    if (all!.count < laid) throw new Error(`the backup lacks ${laid - all!.count} sources`)
  } finally {
    await client.end()
  }
}

/** Lets letters arrive at a steady rate until it is stopped. */
async function startArrivals({ postkey, database }: Stage) {
  const controlPanel = await createControlPanel(postkey.sandbox.controlPanel, postkey.address)
  const subjects: string[] = []
  const known = new Set<string>()
  const ending = new AbortController()
  const beganAt = performance.now()
  const sending = (async () => {
    while (!ending.signal.aborted) {
      const dueAt = beganAt + (subjects.length * 1000) / ARRIVALS_PER_SECOND
      if (performance.now() < dueAt) await pause(dueAt - performance.now())
      const subject = `Arrival ${subjects.length + 1}`
      await controlPanel.write({ from: 'kim@customer.example', to: SHARED, subject })
      subjects.push(subject)
    }
  })()
  return {
    subjects,
    stored: (): ReadonlySet<string> => new Set(known),
    async untilStored(count: number): Promise<void> {
      const until = performance.now() + PATIENCE_MS
      while (known.size < count) {
        if (performance.now() > until) throw new Error(`only ${known.size} letters were stored`)
        const rows = await rowsOf<{ subject: string }>(database, `SELECT subject FROM messages WHERE subject LIKE 'Arrival %'`) // prettier-ignore
        for (const { subject } of rows) known.add(subject)
        await pause(100)
      }
    },
    async stop(): Promise<{ delivered: number; seconds: number }> {
      ending.abort()
      await sending
      return { delivered: subjects.length, seconds: (performance.now() - beganAt) / 1000 }
    },
  }
}

async function storeSources(database: pg.Client, say: (line: string) => void): Promise<void> {
  const ids = (await rowsOf<{ id: string }>(database, `SELECT id FROM messages
    WHERE NOT EXISTS (SELECT FROM message_sources WHERE message_id = messages.id)`)).map(({ id }) => id) // prettier-ignore
  for (let n = 0; n < ids.length; n += SOURCES_A_STATEMENT) {
    const some = ids.slice(n, n + SOURCES_A_STATEMENT)
    await database.query(
      `INSERT INTO message_sources SELECT id, 'zstd', ${SOURCE_BYTES}, source
       FROM unnest($1::uuid[], $2::bytea[]) AS given (id, source)`,
      [some, some.map(() => randomBytes(SOURCE_BYTES))],
    )
    if (n % 50_000 === 0) say(`${n} of ${ids.length} sources are stored`)
  }
  await database.query('VACUUM (ANALYZE, FREEZE) message_sources')
  await database.query('CHECKPOINT')
}

interface Ran {
  seconds: number
  cpuSeconds: number
  memoryBytes: number
}

/** Runs a command of Postkey's in a process of its own. */
async function command(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ran> {
  const beganAt = performance.now()
  const child = spawn(process.execPath, ['--import', './scripts/node-24.js', 'scripts/postkey.ts', ...words], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  })
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const ran: Ran = { seconds: 0, cpuSeconds: 0, memoryBytes: 0 }
  const watch = setInterval(() => {
    const family = listFamily(child.pid!)
    ran.cpuSeconds = Math.max(ran.cpuSeconds, sumCpuSeconds(family))
    ran.memoryBytes = Math.max(ran.memoryBytes, ...family.map(mostMemory))
  }, 200)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearInterval(watch)
  ran.seconds = (performance.now() - beganAt) / 1000
  if (code !== 0) throw new Error(`postkey ${words.join(' ')} ended with ${code}: ${printed.slice(-1000)}`)
  return ran
}

/** Most resident memory of a process so far, in bytes (`VmHWM` of proc(5)). */
function mostMemory(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) * 1024
  } catch {
    return 0
  }
}

function tellProcess({ tell }: Bench, name: string, { cpuSeconds, memoryBytes }: Ran): void {
  tell({ name: `${name}: CPU of the command`, value: cpuSeconds, unit: 's' })
  tell({ name: `${name}: most memory of the command`, value: memoryBytes / 1e6, unit: 'MB' })
}

async function rowsOf<Row extends pg.QueryResultRow>(client: pg.Client, sql: string): Promise<Row[]> {
  return (await client.query<Row>(sql)).rows
}

async function timed(work: () => Promise<void>): Promise<number> {
  const beganAt = performance.now()
  await work()
  return performance.now() - beganAt
}
