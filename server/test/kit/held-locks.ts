/** Tests of what happens at the same moment: nobody goes on before all have come to where they wait for each other. */
import { sql } from 'kysely'
import { vi } from 'vitest'
import type { Database } from '../../src/database/index.ts'

/** How many connections wait in this database for a lock of ours, or to write to the table. */
export async function waitingFor({ db }: Database, what: { table: string } | 'locks'): Promise<number> {
  const such =
    what === 'locks' ? sql`locktype = 'advisory'` : sql`locktype = 'relation' AND relation = ${what.table}::regclass`
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::integer AS n FROM pg_locks
    WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND ${such}`.execute(
    db,
  )
  return rows[0]!.n
}

/** A limit for what hangs, not a measure. */
export const WAIT = { timeout: 20_000, interval: 5 }

/**
 * Begins `work` so many times while nobody may write to the table, and lets all of them write once each has read that
 * there is nothing yet.
 */
export async function atTheSameMoment<T>(
  database: Database,
  table: string,
  count: number,
  work: () => Promise<T>,
): Promise<T[]> {
  const begun = Promise.withResolvers<Promise<T[]>>()
  await database.transaction(async (tx) => {
    // Reading goes on under it (PostgreSQL, Table-Level Locks).
    await sql`LOCK TABLE ${sql.table(table)} IN SHARE MODE`.execute(tx)
    const all = Promise.all(Array.from({ length: count }, work))
    begun.resolve(all)
    let isOver = false
    void all.then(
      () => (isOver = true),
      () => (isOver = true),
    )
    await vi.waitUntil(async () => isOver || (await waitingFor(database, { table })) >= count, WAIT)
  })
  return begun.promise
}
