import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const SAMPLE_MS = 40_000
/** Different statements that are counted. Beyond it, PostgreSQL forgets some with their calls. */
const MOST_DIFFERENT = 100_000

/** Makes the next start of PostgreSQL count statements. */
export async function countStatements(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
    await client.query(`ALTER SYSTEM SET pg_stat_statements.max = ${MOST_DIFFERENT}`)
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  })
}

/** Statements, transactions and bytes of WAL in a minute of a server without mail. */
export function measureMinute(databaseUrl: string): Promise<{ statements: number; commits: number; walBytes: number }> {
  return withClient(databaseUrl, async (client) => {
    const before = await readCounters(client)
    await pause(SAMPLE_MS)
    const after = await readCounters(client)
    if (after.forgotten > 0) throw new Error('PostgreSQL forgot statements, so their number is unknown')
    const perMinute = (name: keyof typeof before) => ((after[name] - before[name]) * 60_000) / SAMPLE_MS
    return { statements: perMinute('statements'), commits: perMinute('commits'), walBytes: perMinute('walBytes') }
  })
}

/** BEGIN and COMMIT are statements, too. */
async function readCounters(client: pg.Client) {
  const { rows } = await client.query<{ statements: number; commits: number; walBytes: number; forgotten: number }>(`
    SELECT (SELECT sum(calls) FROM pg_stat_statements)::float8 AS statements,
      (SELECT dealloc FROM pg_stat_statements_info)::float8 AS forgotten,
      (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float8 AS commits,
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
