import { sql, type RawBuilder } from 'kysely'
import type { Tx } from '../database/index.ts'

/**
 * Counts of deleted data that the audit list does not have yet, in the column `unreported` of a row. Stored with each batch, so
 * that a run that is killed leaves its counts to the next one.
 *
 * @param where  condition that selects the row
 */
export function createUnreportedCounts<Kind extends string>(
  table: 'account_retention' | 'installation_retention',
  where: RawBuilder<unknown>,
  nothing: Readonly<Record<Kind, number>>,
) {
  async function read(tx: Tx): Promise<Record<Kind, number>> {
    const { rows } = await sql<{ unreported: Partial<Record<Kind, number>> }>`
      SELECT unreported FROM ${sql.table(table)} WHERE ${where} FOR UPDATE`.execute(tx)
    return { ...nothing, ...rows[0]?.unreported }
  }

  async function write(tx: Tx, counts: Partial<Record<Kind, number>>): Promise<void> {
    await sql`UPDATE ${sql.table(table)} SET unreported = ${JSON.stringify(counts)} WHERE ${where}`.execute(tx)
  }

  async function add(tx: Tx, deleted: Partial<Record<Kind, number>>): Promise<void> {
    const counts = { ...nothing, ...deleted }
    if (!isNothing(counts)) await write(tx, sumOf(await read(tx), counts))
  }

  /** Removes the counts from the row, and returns them; undefined if there are none. */
  async function take(tx: Tx): Promise<Record<Kind, number> | undefined> {
    const counts = await read(tx)
    if (isNothing(counts)) return undefined
    await write(tx, {})
    return counts
  }

  return { add, take }
}

export function sumOf<Kind extends string>(one: Record<Kind, number>, other: Record<Kind, number>) {
  const kinds = Object.keys(one) as Kind[]
  return Object.fromEntries(kinds.map((kind) => [kind, one[kind] + other[kind]])) as Record<Kind, number>
}

function isNothing(counts: Record<string, number>): boolean {
  return Object.values(counts).every((count) => count === 0)
}
