import { setTimeout as pause } from 'node:timers/promises'
import { escapeIdentifier } from 'pg'
import { COPY_SESSION_NAME, readMigrations, type CopySession } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import { isPostkeys, IN_SCHEMA } from './stored-tables.ts'

type Ask = Pick<CopySession, 'query'>

const MOST_NAMED = 5
/** PostgreSQL ends the connections of a stopped server a moment later. */
const ENDING_MS = 1_000
const POLL_MS = 50

/**
 * Refuses a database whose rows a restore would delete, or that a server uses.
 *
 * @throws {AppError} `backup.servers_running`, `backup.not_postkeys_database`, `backup.database_not_empty`
 */
export async function requireTarget(session: Ask, { overwrite }: { overwrite: boolean }): Promise<void> {
  await requireUnused(session)
  const tables = await listNames(session)
  if (tables.length === 0) return
  if (!(await isPostkeys(session))) {
    throw new AppError('backup.not_postkeys_database', { cause: new Error(`It has the table ${tables[0]}`) })
  }
  if (overwrite) return
  const filled = await listFilled(session, tables)
  if (filled.length === 0) return
  const named = filled.slice(0, MOST_NAMED).join(', ')
  throw new AppError('backup.database_not_empty', { cause: new Error(`Tables with rows: ${named}`) })
}

async function requireUnused({ query }: Ask): Promise<void> {
  const until = performance.now() + ENDING_MS
  for (;;) {
    const others = await query<{ name: string }>(
      `SELECT application_name || ' ' || coalesce(client_addr::text, 'local') AS name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND application_name LIKE 'postkey%' AND application_name <> $1`,
      [COPY_SESSION_NAME],
    )
    if (others.length === 0) return
    if (performance.now() > until) {
      throw new AppError('backup.servers_running', {
        cause: new Error(`Connections: ${others.map(({ name }) => name).join(', ')}`),
      })
    }
    await pause(POLL_MS)
  }
}

async function listNames({ query }: Ask): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
       AND ${IN_SCHEMA} ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

/** Tables with rows that no migration has inserted. */
async function listFilled({ query }: Ask, tables: readonly string[]): Promise<string[]> {
  const ofMigrations = new Set(['migrations', ...tablesFilledByMigrations()])
  const filled: string[] = []
  for (const name of tables) {
    if (ofMigrations.has(name)) continue
    const rows = await query(`SELECT FROM ${escapeIdentifier(name)} LIMIT 1`)
    if (rows.length > 0) filled.push(name)
  }
  return filled
}

/** Migrations insert the first row of tables with one row. */
function tablesFilledByMigrations(): string[] {
  return readMigrations().flatMap(({ text }) => [...text.matchAll(/^INSERT INTO (\w+)/gm)].map(([, table]) => table!))
}

/** Tables divided into partitions. */
export async function listPartitioned({ query }: Ask): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'p' AND ${IN_SCHEMA}`,
  )
  return rows.map(({ name }) => name)
}

/** Deletes the rows that migrations have inserted. */
export async function clearRows(session: Ask): Promise<void> {
  const present = await listNames(session)
  for (const name of tablesFilledByMigrations()) {
    if (present.includes(name)) await session.query(`TRUNCATE ${escapeIdentifier(name)}`)
  }
}

/** Removes all tables and functions of the schema, except those of extensions. */
export async function clearSchema(session: Ask): Promise<void> {
  for (const name of await listNames(session)) {
    await session.query(`DROP TABLE IF EXISTS ${escapeIdentifier(name)} CASCADE`)
  }
  const functions = await session.query<{ signature: string }>(
    `SELECT pg_proc.oid::regprocedure::text AS signature FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')`,
  )
  for (const { signature } of functions) await session.query(`DROP ROUTINE IF EXISTS ${signature} CASCADE`)
}
