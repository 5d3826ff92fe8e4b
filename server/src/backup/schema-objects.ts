import { escapeIdentifier, escapeLiteral } from 'pg'
import { createSchema, type CopySession, type Migration } from '../database/index.ts'
import { IN_SCHEMA, SCHEMA } from './stored-tables.ts'

type Ask = Pick<CopySession, 'query'>

const ofNoExtension = (catalog: string) => `NOT EXISTS (
  SELECT FROM pg_depend WHERE classid = '${catalog}'::regclass AND objid = ${catalog}.oid AND deptype = 'e')`

/** Types of the arguments by name only: the schema differs in a comparison of two schemas. */
const SIGNATURE = `proname || '(' || array_to_string(ARRAY(
  SELECT typname FROM unnest(proargtypes) WITH ORDINALITY AS argument (type, n) JOIN pg_type ON pg_type.oid = type ORDER BY n), ', ') || ')'`

/** Relations, routines and types of the schema. Partitions belong to their table, indexes and row types to theirs. */
const OBJECTS = `
  SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
      WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' ELSE 'table' END || ' ' || relname AS name
    FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND ${IN_SCHEMA} AND NOT EXISTS (
      SELECT FROM pg_inherits JOIN pg_class AS parents ON parents.oid = inhparent
      WHERE inhrelid = pg_class.oid AND pg_class.relispartition AND parents.relnamespace = pg_class.relnamespace)
  UNION ALL SELECT 'routine ' || ${SIGNATURE} FROM pg_proc WHERE pronamespace = ${SCHEMA} AND ${ofNoExtension('pg_proc')}
  UNION ALL SELECT 'type ' || typname FROM pg_type
    WHERE typnamespace = ${SCHEMA} AND typrelid = 0 AND NOT EXISTS (SELECT FROM pg_type AS elements WHERE elements.typarray = pg_type.oid)
      AND ${ofNoExtension('pg_type')}
  ORDER BY 1`

/** Objects of the schema, such as `table events`, except those of extensions. */
export async function listObjects({ query }: Ask): Promise<string[]> {
  return (await query<{ name: string }>(OBJECTS)).map(({ name }) => name)
}

/** Tables of the schema without partitions. */
async function listWholeTables({ query }: Ask): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND ${IN_SCHEMA} ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

/** Tables with rows. */
export async function listFilled(session: Ask): Promise<string[]> {
  const tables = await listWholeTables(session)
  const parts = tables.map(
    (name) => `SELECT ${escapeLiteral(name)} AS name WHERE EXISTS (SELECT FROM ${escapeIdentifier(name)})`,
  )
  if (parts.length === 0) return []
  return (await session.query<{ name: string }>(parts.join(' UNION ALL '))).map(({ name }) => name)
}

/** Schema in which migrations show what they create; it is rolled back. */
const SCRATCH = 'postkey_restore_check'

/** Returns what these migrations create, and the tables into which they insert rows. Leaves nothing behind. */
export async function examineMigrations(session: Ask, migrations: readonly Migration[]) {
  await session.query('SAVEPOINT examination')
  await session.query(`CREATE SCHEMA ${SCRATCH}; SET LOCAL search_path = ${SCRATCH}`)
  await createSchema((statements) => session.query(statements), migrations)
  const created = { objects: new Set(await listObjects(session)), filled: new Set(await listFilled(session)) }
  await session.query('ROLLBACK TO SAVEPOINT examination; RELEASE SAVEPOINT examination')
  return created
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
  await session.query(`TRUNCATE ${(await listWholeTables(session)).map(escapeIdentifier).join(', ')}`)
}

/**
 * Removes all tables and routines of the schema, except those of extensions. Without CASCADE: objects elsewhere that
 * depend on them are an error. Routines may return rows of tables, whose triggers call routines.
 */
export async function clearSchema(session: Ask): Promise<void> {
  await dropRoutines(session, `prorettype <> 'trigger'::regtype`)
  const tables = await listWholeTables(session)
  if (tables.length > 0) await session.query(`DROP TABLE ${tables.map(escapeIdentifier).join(', ')}`)
  await dropRoutines(session, 'true')
}

async function dropRoutines({ query }: Ask, condition: string): Promise<void> {
  const routines = await query<{ signature: string }>(
    `SELECT oid::regprocedure::text AS signature FROM pg_proc
     WHERE pronamespace = ${SCHEMA} AND ${condition} AND ${ofNoExtension('pg_proc')}`,
  )
  if (routines.length > 0) await query(`DROP ROUTINE ${routines.map(({ signature }) => signature).join(', ')}`)
}
