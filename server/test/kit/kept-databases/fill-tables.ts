import { escapeIdentifier, type Client } from 'pg'

/** Tables that stay empty: PostgreSQL empties unlogged ones, and a backup doesn't have them. */
export const EMPTY: readonly string[] = ['conversation_viewers']

interface Column {
  name: string
  type: string
  /** Table and column of a foreign key. */
  target: string | null
  target_column: string | null
  /** Values of a CHECK such as `kind IN ('a', 'b')`. */
  choices: string[] | null
  required: boolean
}

/** Names of the tables without rows. */
export async function listEmptyTables(client: Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
       AND relnamespace = 'public'::regnamespace ORDER BY relname`,
  )
  const empty: string[] = []
  for (const { name } of tables) {
    const { rows } = await client.query(`SELECT FROM ${escapeIdentifier(name)} LIMIT 1`)
    if (rows.length === 0 && !EMPTY.includes(name)) empty.push(name)
  }
  return empty
}

/**
 * Inserts one row into each empty table, so that a migration meets rows in all of them. Required columns get a value of
 * their type, of their CHECK, or an existing row of another table; `more` has what the definitions don't say.
 */
export async function fillEmptyTables(
  client: Client,
  more: Readonly<Record<string, Record<string, unknown>>>,
): Promise<void> {
  let empty = await listEmptyTables(client)
  while (empty.length > 0) {
    const failures: string[] = []
    for (const name of empty) {
      await insertRow(client, name, more[name] ?? {}).catch((error: unknown) =>
        failures.push(`${name}: ${String(error)}`),
      )
    }
    // Each round fills the tables that those of the round before refer to.
    if (failures.length === empty.length) throw new Error(`No row fits:\n${failures.join('\n')}`)
    empty = await listEmptyTables(client)
  }
}

async function insertRow(client: Client, table: string, given: Record<string, unknown>): Promise<void> {
  const values: Record<string, unknown> = { ...given }
  for (const { name, type, target, target_column: column, choices, required } of await listColumns(client, table)) {
    if (!required || name in values) continue
    if (target !== null) {
      const { rows } = await client.query<{ id: unknown }>(
        `SELECT ${escapeIdentifier(column!)} AS id FROM ${escapeIdentifier(target)} ORDER BY 1 LIMIT 1`,
      )
      values[name] = rows[0]?.id
    } else values[name] = choices?.[0] ?? valueOf(type)
  }
  const names = Object.keys(values)
  if (names.length === 0) {
    await client.query(`INSERT INTO ${escapeIdentifier(table)} DEFAULT VALUES`)
    return
  }
  await client.query(
    `INSERT INTO ${escapeIdentifier(table)} (${names.map((name) => escapeIdentifier(name)).join(', ')})
     VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(values),
  )
}

async function listColumns(client: Client, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `SELECT attname AS name, format_type(atttypid, NULL) AS type,
       attnotnull AND NOT atthasdef AND attidentity = '' AND attgenerated = '' AS required,
       (SELECT confrelid::regclass::text FROM pg_constraint WHERE conrelid = attrelid AND contype = 'f' AND conkey[1] = attnum
          AND array_length(conkey, 1) = 1 LIMIT 1) AS target,
       (SELECT attname FROM pg_constraint AS keys JOIN pg_attribute AS ids ON ids.attrelid = confrelid AND ids.attnum = confkey[1]
          WHERE conrelid = pg_attribute.attrelid AND contype = 'f' AND conkey[1] = pg_attribute.attnum AND array_length(conkey, 1) = 1
          LIMIT 1) AS target_column,
       (SELECT array_agg(found[1]) FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '''([^'']+)''::text', 'g') AS found
          WHERE conrelid = attrelid AND contype = 'c' AND conkey = ARRAY[attnum]) AS choices
     FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  )
  return rows
}

function valueOf(type: string): unknown {
  switch (type) {
    case 'uuid':
      return '00000000-0000-7000-8000-000000000001'
    case 'timestamp with time zone':
      return '2026-01-02T03:04:05Z'
    case 'boolean':
      return false
    case 'bytea':
      return Buffer.from('kept')
    case 'jsonb':
      return '{}'
    case 'tsvector':
      return 'kept:1'
    case 'xid':
    case 'xid8':
    case 'integer':
    case 'bigint':
    case 'smallint':
    case 'numeric':
    case 'double precision':
      return 1
    default:
      return type.endsWith('[]') ? [] : 'kept'
  }
}
