import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const SAMPLE_MS = 40_000
/** A healthy mailbox is read this often although nothing arrives. */
const READ_EVERY = '5 minutes'
const ALL_READ_WITHIN = '20 seconds'
const PATIENCE_MS = 120_000
const MINUTES_A_DAY = 24 * 60
/** `checkpoint_timeout` of the embedded PostgreSQL. */
const MINUTES_OF_A_CHECKPOINT = 15

/** Makes the next start of PostgreSQL count statements. */
export async function countStatements(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_walinspect')
  })
}

export interface IdleCosts {
  /** Runs of sync in a minute, which read the folders of a mailbox. */
  runs: number
  statements: number
  walBytesADay: number
}

/**
 * Costs of a server without mail, long after its start: the reads of its mailboxes are spread evenly.
 *
 * The WAL of a day is that of the changes, and once in a checkpoint interval the whole page of each changed row. A minute
 * after a checkpoint has most of these pages, so they are counted on their own, while each mailbox is read once.
 */
export function measureIdleCosts(databaseUrl: string): Promise<IdleCosts> {
  return withClient(databaseUrl, async (client) => {
    await spreadReads(client, READ_EVERY)
    const before = await readCounters(client)
    await pause(SAMPLE_MS)
    const after = await readCounters(client)
    if (after.forgotten > 0) throw new Error('PostgreSQL forgot statements, so their number is unknown')
    const perMinute = (counted: number) => (counted * 60_000) / SAMPLE_MS
    const changes = await sumWal(client, before.at, after.at)
    const pages = await walOfAllReads(client)
    return {
      runs: perMinute(after.runs - before.runs),
      statements: perMinute(after.statements - before.statements),
      walBytesADay:
        perMinute(changes.recordBytes) * MINUTES_A_DAY + (pages.pageBytes * MINUTES_A_DAY) / MINUTES_OF_A_CHECKPOINT,
    }
  })
}

async function spreadReads(client: pg.Client, over: string): Promise<void> {
  await client.query(`UPDATE account_sync_states SET due_at = now() + random() * interval '${over}'`)
}

/** WAL from a checkpoint until each mailbox was read once. */
async function walOfAllReads(client: pg.Client): Promise<Wal> {
  await spreadReads(client, ALL_READ_WITHIN)
  await client.query('CHECKPOINT')
  const from = await readCounters(client)
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const now = await readCounters(client)
    if (now.runs - from.runs >= now.accounts) return sumWal(client, from.at, now.at)
    if (performance.now() > until) throw new Error('not every mailbox was read')
    await pause(500)
  }
}

interface Counters {
  statements: number
  forgotten: number
  runs: number
  accounts: number
  /** Position in the WAL. */
  at: string
}

/** BEGIN and COMMIT are statements, too. */
async function readCounters(client: pg.Client): Promise<Counters> {
  const { rows } = await client.query<Counters>(`
    SELECT (SELECT sum(calls) FROM pg_stat_statements)::float8 AS statements,
      (SELECT dealloc FROM pg_stat_statements_info)::float8 AS forgotten,
      (SELECT sum(fence) FROM account_sync_states)::float8 AS runs,
      (SELECT count(*) FROM account_sync_states)::float8 AS accounts,
      pg_current_wal_flush_lsn()::text AS at`)
  return rows[0]!
}

interface Wal {
  recordBytes: number
  pageBytes: number
}

async function sumWal(client: pg.Client, from: string, to: string): Promise<Wal> {
  const { rows } = await client.query<Wal>(
    `SELECT sum(record_size)::float8 AS "recordBytes", sum(fpi_size)::float8 AS "pageBytes"
     FROM pg_get_wal_stats($1, $2)`,
    [from, to],
  )
  return rows[0]!
}

async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
