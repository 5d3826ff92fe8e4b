import { sql, type Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Settings that matter in a bug report. None has a name or a path as its value. */
const SETTINGS = [
  ...['server_version', 'server_encoding', 'lc_collate', 'TimeZone', 'max_connections', 'shared_buffers', 'work_mem'],
  ...['maintenance_work_mem', 'effective_cache_size', 'fsync', 'synchronous_commit', 'autovacuum', 'max_wal_size'],
  ...['statement_timeout', 'idle_in_transaction_session_timeout', 'default_transaction_isolation', 'jit'],
]

export interface DatabaseFigures {
  sizeBytes: number
  settings: Readonly<Record<string, string>>
  /** Number of connections to this database, by state. */
  connections: Readonly<Record<string, number>>
  migrations: readonly { name: string; appliedAt: Date }[]
  tables: readonly { name: string; rows: number; deadRows: number; bytes: number; vacuumedAt: Date | null }[]
}

/** Sizes and settings of the database, for a bug report. Rows are estimates of PostgreSQL. */
export async function readDatabaseFigures(db: Kysely<Schema>): Promise<DatabaseFigures> {
  const size = await sql<{ bytes: number }>`SELECT pg_database_size(current_database())::float8 AS bytes`.execute(db)
  const settings = await sql<{ name: string; value: string }>`SELECT name, current_setting(name) AS value
    FROM pg_settings WHERE name = ANY(${SETTINGS}::text[]) ORDER BY name`.execute(db)
  const connections = await sql<{ state: string; count: number }>`SELECT coalesce(state, 'none') AS state,
    count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1 ORDER BY 1`.execute(db)
  const migrations = await sql<{ name: string; appliedAt: Date }>`SELECT name, applied_at AS "appliedAt"
    FROM migrations ORDER BY name`.execute(db)
  const tables = await sql<DatabaseFigures['tables'][number]>`SELECT relname AS name, n_live_tup::float8 AS rows,
      n_dead_tup::float8 AS "deadRows", pg_total_relation_size(relid)::float8 AS bytes,
      greatest(last_vacuum, last_autovacuum) AS "vacuumedAt"
    FROM pg_stat_user_tables WHERE schemaname = current_schema() ORDER BY bytes DESC, name`.execute(db)
  return {
    sizeBytes: size.rows[0]!.bytes,
    settings: Object.fromEntries(settings.rows.map(({ name, value }) => [name, value])),
    connections: Object.fromEntries(connections.rows.map(({ state, count }) => [state, count])),
    migrations: migrations.rows,
    tables: tables.rows,
  }
}
