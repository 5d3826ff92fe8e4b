import { escapeIdentifier, escapeLiteral } from 'pg'
import type { CopySession } from '../database/index.ts'
import { IN_SCHEMA } from './stored-tables.ts'

type Ask = Pick<CopySession, 'query'>

/**
 * Removes foreign keys and indexes, and disables triggers, so that tables can be loaded in any order. Primary keys and
 * unique constraints stay. It needs no rights except those of the owner of the tables.
 *
 * @returns the statements that restore them, to run in order when all rows are there
 */
export async function suspendChecks({ query }: Ask): Promise<string[]> {
  const keys = await query<{ table: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(pg_constraint.oid) AS definition
     FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
     WHERE ${IN_SCHEMA} AND contype = 'f' AND conparentid = 0 ORDER BY 1, 2`,
  )
  for (const { table, name } of keys) await query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`)

  const indexes = await query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
     FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE ${IN_SCHEMA} AND NOT relispartition AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
     ORDER BY 1`,
  )
  for (const { name } of indexes) await query(`DROP INDEX ${name}`)

  const triggers = await query<{ table: string }>(
    `SELECT DISTINCT tgrelid::regclass::text AS table FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
     WHERE ${IN_SCHEMA} AND NOT tgisinternal ORDER BY 1`,
  )
  for (const { table } of triggers) await query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)

  return [
    ...indexes.map(({ definition }) => withPartitions(definition)),
    ...keys.map(({ table, name, definition }) => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`),
    ...triggers.map(({ table }) => `ALTER TABLE ${table} ENABLE TRIGGER USER`),
  ]
}

/** The definition of an index of a partitioned table leaves out its partitions. */
function withPartitions(definition: string): string {
  return definition.replace(/^(CREATE (?:UNIQUE )?INDEX \S+ ON )ONLY /, '$1')
}

/** Creates a partition by range as `conversations` does. An absent bound is the end of the range. */
export async function createPartition(
  { query }: Ask,
  name: string,
  { of, from, to }: { of: string; from?: string | undefined; to?: string | undefined },
): Promise<void> {
  const [table, parent] = [escapeIdentifier(name), escapeIdentifier(of)]
  const start = from === undefined ? 'MINVALUE' : escapeLiteral(from)
  const end = to === undefined ? 'MAXVALUE' : escapeLiteral(to)
  await query(`CREATE TABLE ${table} (LIKE ${parent} INCLUDING ALL)`)
  await query(`ALTER TABLE ${parent} ATTACH PARTITION ${table} FOR VALUES FROM (${start}) TO (${end})`)
}
