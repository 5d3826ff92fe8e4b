/** Helpers for concurrency tests: no task continues before all tasks have reached the lock. */
import { sql } from 'kysely'
import { vi } from 'vitest'
import type { Database } from '../../src/database/index.ts'
import { WAIT } from './wait.ts'

/** Returns the number of connections in this database that wait for an advisory lock, or to write to the table. */
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

/**
 * Starts `work` several times while the table is locked for writing. All of them may write once each has read the empty
 * state.
 */
export async function atTheSameMoment<T>(
  database: Database,
  table: string,
  count: number,
  work: () => Promise<T>,
): Promise<T[]> {
  const begun = Promise.withResolvers<Promise<T[]>>()
  await database.transaction(async (tx) => {
    // The lock allows reading (PostgreSQL, Table-Level Locks).
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
