import { escapeIdentifier } from 'pg'
import { readMigrations, tablesOf, type CopySession } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { BackupHeader, BackupTable, BackupTrailer } from './format.ts'

/** Table with its size on disk, by which progress is estimated. */
export interface StoredTable extends BackupTable {
  sizeBytes: number
}

/** Schema of Postkey: `enterSchema` makes it the only one of the search path. */
export const SCHEMA = 'quote_ident(current_schema())::regnamespace'

/** Relations of Postkey's schema. Those of extensions are not Postkey's. */
export const IN_SCHEMA = `pg_class.relnamespace = ${SCHEMA} AND NOT EXISTS (
  SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')`

interface TableRow {
  name: string
  columns: string[]
  size: string
  parent: string | null
  bound: string | null
}

/** All tables with rows, except unlogged ones: PostgreSQL itself empties them after a crash. */
export async function listTables({ query }: Pick<CopySession, 'query'>): Promise<StoredTable[]> {
  const rows = await query<TableRow>(
    `SELECT pg_class.relname AS name, pg_table_size(pg_class.oid)::text AS size, parents.relname AS parent,
       pg_get_expr(pg_class.relpartbound, pg_class.oid) AS bound,
       ARRAY(SELECT attname::text FROM pg_attribute
         WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum) AS columns
     FROM pg_class LEFT JOIN pg_inherits ON inhrelid = pg_class.oid LEFT JOIN pg_class AS parents ON parents.oid = inhparent
     WHERE pg_class.relkind = 'r' AND pg_class.relpersistence = 'p' AND ${IN_SCHEMA}
     ORDER BY pg_class.relname`,
  )
  return rows.map(({ name, columns, size, parent, bound }) => ({
    name,
    columns,
    sizeBytes: Number(size),
    ...(parent !== null && { partition: { of: parent, ...readBound(name, bound ?? '') } }),
  }))
}

/** `FOR VALUES FROM ('2026-05-01 00:00:00+00') TO (MAXVALUE)`. Texts of bounds are times, which contain no quotes. */
const BOUND = /^FOR VALUES FROM \((?:MINVALUE|'([^'\\]+)')\) TO \((?:MAXVALUE|'([^'\\]+)')\)$/

function readBound(name: string, bound: string): { from?: string; to?: string } {
  const match = BOUND.exec(bound)
  if (!match) throw new TypeError(`The partition ${name} has bounds of another kind: ${bound}`)
  const [, from, to] = match
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}

/** Names of all tables that `listTables` returns. It waits for no lock. */
export async function listTableNames({ query }: Pick<CopySession, 'query'>): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p' AND ${IN_SCHEMA} ORDER BY relname`,
  )
  return rows.map(({ name }) => name)
}

/**
 * Makes the schema with the table `migrations` the only one of the search path, which may name others first. Without
 * such a table, the search path stays.
 */
export async function enterSchema({ query }: Pick<CopySession, 'query'>): Promise<void> {
  const [found] = await query<{ schema: string }>(
    `SELECT relnamespace::regnamespace::text AS schema FROM pg_class WHERE oid = to_regclass('migrations')`,
  )
  if (found) await query(`SET search_path = ${found.schema}`)
}

/**
 * Applied migrations of a database for which `isPostkeys` is true.
 *
 * @throws {AppError} `backup.not_postkeys_database` without any, `backup.tables_missing`
 */
export async function listApplied({ query }: Pick<CopySession, 'query'>): Promise<BackupHeader['migrations']> {
  const applied = await query<BackupHeader['migrations'][number]>('SELECT name, checksum FROM migrations ORDER BY name')
  if (applied.length === 0) throw new AppError('backup.not_postkeys_database')
  const known = readMigrations().filter((ours) =>
    applied.some(({ name, checksum }) => name === ours.name && checksum === ours.checksum),
  )
  const missing = await query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(quote_ident(name)) IS NULL ORDER BY 1',
    [tablesOf(known)],
  )
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ')
    throw new AppError('backup.tables_missing', { cause: new Error(`Missing: ${names}`) })
  }
  return applied
}

/** Returns true if the database has the table `migrations` with its columns. */
export async function isPostkeys({ query }: Pick<CopySession, 'query'>): Promise<boolean> {
  const columns = await query(
    `SELECT FROM pg_attribute WHERE attrelid = to_regclass('migrations') AND NOT attisdropped
       AND attname IN ('name', 'checksum', 'applied_at')`,
  )
  return columns.length === 3
}

/**
 * Positions of the sequences of identity columns. Sequences have no snapshot: read after it, they are at or beyond the
 * largest id in it.
 */
export async function readSequences({ query }: Pick<CopySession, 'query'>): Promise<BackupTrailer['sequences']> {
  const owned = await query<{ sequence: string; table: string; column: string }>(
    `SELECT sequences.relname AS sequence, pg_class.relname AS table, attname AS column
     FROM pg_class AS sequences
     JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = sequences.oid AND deptype IN ('i', 'a')
     JOIN pg_class ON pg_class.oid = refobjid
     JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
     WHERE sequences.relkind = 'S' AND sequences.relnamespace = ${SCHEMA} ORDER BY 1`,
  )
  const positions: BackupTrailer['sequences'] = []
  for (const { sequence, table, column } of owned) {
    const [row] = await query<{ last: string; called: boolean }>(
      `SELECT last_value::text AS last, is_called AS called FROM ${escapeIdentifier(sequence)}`,
    )
    positions.push({ table, column, ...row! })
  }
  return positions
}
