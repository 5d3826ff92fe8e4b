import { sql } from 'kysely'
import { advisoryLock, type Database } from '../../database/index.ts'

/** Partition of `search_entries`: the messages received from `from`, and before the next one. Times as text. */
export interface MonthPartition {
  table: string
  /** First moment of the month; `-infinity` in the first partition. */
  from: string
}

/** Months before and after these share a partition (`search_month` in the migration). */
const FIRST_MONTH = '2000_01'
const LAST_MONTH = '2100_01'
const PREFIX = 'search_entries_'

/** Month of `received_at` as in the name of its partition. */
export const MONTH_NAME = sql<string>`search_month(received_at)`

/** Name of the partition of `received_at`; null as long as none exists. */
export const MONTH_TABLE = sql<string | null>`to_regclass(${sql.lit(PREFIX)} || ${MONTH_NAME})::text`

/** Partitions that exist, newest first. */
export async function listMonths({ db }: Pick<Database, 'db'>): Promise<MonthPartition[]> {
  const { rows } = await sql<{ name: string }>`SELECT relname AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = 'search_entries'::regclass ORDER BY relname DESC`.execute(db)
  return rows.map(({ name }) => ({ table: name, from: startOf(name.slice(PREFIX.length)) }))
}

/**
 * Creates the partitions of these months where they are missing. Attaching an existing table does not wait for readers,
 * unlike `CREATE TABLE … PARTITION OF`, which would wait for a backup to end.
 */
export async function createMonths(database: Database, months: readonly string[]): Promise<void> {
  for (const month of months) {
    const table = sql.table(`${PREFIX}${month}`)
    const end = month === LAST_MONTH ? sql`MAXVALUE` : sql`${sql.lit(startOf(following(month)))}`
    const start = month === FIRST_MONTH ? sql`MINVALUE` : sql`${sql.lit(startOf(month))}`
    await database.transaction(async (tx) => {
      await advisoryLock('conversations.search_month').execute(tx)
      const known = await listMonths({ db: tx })
      if (known.some((each) => each.table === `${PREFIX}${month}`)) return
      await sql`CREATE TABLE ${table} (LIKE search_entries INCLUDING ALL)`.execute(tx)
      await sql`ALTER TABLE search_entries ATTACH PARTITION ${table} FOR VALUES FROM (${start}) TO (${end})`.execute(tx)
    })
  }
}

/**
 * Merges words that wait in the list of the index (`fastupdate`) into the index. A search reads that list from its
 * beginning to its end.
 */
export async function mergePending({ db }: Database, months: readonly string[]): Promise<void> {
  for (const month of months) {
    await sql`SELECT gin_clean_pending_list(indexrelid) FROM pg_index JOIN pg_class ON oid = indexrelid
      WHERE indrelid = ${`${PREFIX}${month}`}::regclass AND relam = (SELECT oid FROM pg_am WHERE amname = 'gin')`.execute(
      db,
    )
  }
}

function startOf(month: string): string {
  return month === FIRST_MONTH ? '-infinity' : `${month.replace('_', '-')}-01 00:00:00+00`
}

function following(month: string): string {
  const [year, number] = month.split('_').map(Number) as [number, number]
  return number === 12 ? `${year + 1}_01` : `${year}_${String(number + 1).padStart(2, '0')}`
}
