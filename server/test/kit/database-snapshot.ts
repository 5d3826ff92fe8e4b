import type { TestDatabase } from './test-database.ts'

export interface DatabaseSnapshot {
  /** Restores the rows of all tables, like the restore of a backup. Open connections stay open. */
  restore(): Promise<void>
}

/** Copies all rows of a database, like a logical backup. One snapshot per database: the next one replaces it. */
export async function takeSnapshot({ pool }: Pick<TestDatabase, 'pool'>): Promise<DatabaseSnapshot> {
  const tables = await tablesOf(pool)
  await inOneTransaction(pool, [
    'DROP SCHEMA IF EXISTS snapshot CASCADE',
    'CREATE SCHEMA snapshot',
    ...tables.map(({ name }) => `CREATE TABLE snapshot."${name}" AS TABLE public."${name}"`),
  ])
  return {
    restore: () =>
      inOneTransaction(pool, [
        // Disables triggers and foreign keys, so that each table can be restored separately.
        'SET LOCAL session_replication_role = replica',
        ...tables.map(({ name }) => `DELETE FROM public."${name}"`),
        ...tables.map(
          ({ name, columns }) =>
            `INSERT INTO public."${name}" (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM snapshot."${name}"`,
        ),
      ]),
  }
}

async function tablesOf(pool: TestDatabase['pool']): Promise<{ name: string; columns: string }[]> {
  const { rows } = await pool.query<{ name: string; columns: string }>(
    `SELECT tables.table_name AS name, string_agg(quote_ident(column_name), ', ') AS columns
     FROM information_schema.tables JOIN information_schema.columns USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER' GROUP BY 1`,
  )
  return rows
}

async function inOneTransaction(pool: TestDatabase['pool'], statements: readonly string[]): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    for (const statement of statements) await client.query(statement)
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}
