import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const SAMPLE_MS = 40_000
/** A healthy mailbox is read this often although nothing arrives. */
const READ_EVERY = '5 minutes'

/** Makes the next start of PostgreSQL count statements. */
export async function countStatements(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  })
}

export interface IdleCosts {
  /** Runs of sync, which read the folders of a mailbox. */
  runs: number
  statements: number
  walBytes: number
}

/** Costs of a minute of a server without mail, long after its start: the reads of its mailboxes are spread evenly. */
export function measureMinute(databaseUrl: string): Promise<IdleCosts> {
  return withClient(databaseUrl, async (client) => {
    await client.query(`UPDATE account_sync_states SET due_at = now() + random() * interval '${READ_EVERY}'`)
    const before = await readCounters(client)
    await pause(SAMPLE_MS)
    const after = await readCounters(client)
    if (after.forgotten > 0) throw new Error('PostgreSQL forgot statements, so their number is unknown')
    const perMinute = (name: keyof IdleCosts) => ((after[name] - before[name]) * 60_000) / SAMPLE_MS
    return { runs: perMinute('runs'), statements: perMinute('statements'), walBytes: perMinute('walBytes') }
  })
}

/** BEGIN and COMMIT are statements, too. */
async function readCounters(client: pg.Client) {
  const { rows } = await client.query<IdleCosts & { forgotten: number }>(`
    SELECT (SELECT sum(calls) FROM pg_stat_statements)::float8 AS statements,
      (SELECT dealloc FROM pg_stat_statements_info)::float8 AS forgotten,
      (SELECT sum(fence) FROM account_sync_states)::float8 AS runs,
      (pg_current_wal_lsn() - '0/0')::float8 AS "walBytes"`)
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
