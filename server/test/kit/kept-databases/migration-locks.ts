import type { Client } from 'pg'
import type { Migration } from '../../../src/database/index.ts'

/** Locks that make other statements than a DDL wait. */
const STRONG = ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']

export interface Declaration {
  /** Such as `messages AccessExclusiveLock`, sorted. */
  locks: string[]
  /** Why the previous version may run meanwhile and afterward. */
  beside: string
}

/**
 * Reads what a migration states in its comments:
 *
 * ```sql
 * -- Locks: messages AccessExclusiveLock, folders ShareRowExclusiveLock
 * -- Beside the previous version: it never reads the new column, which has a default.
 * ```
 *
 * `-- Locks: none` for one that only creates.
 */
export function readDeclaration({ name, text }: Pick<Migration, 'name' | 'text'>): Declaration {
  const locks = /^-- Locks: (.+)$/m.exec(text)?.[1]
  const beside = /^-- Beside the previous version: (.+)$/m.exec(text)?.[1]
  if (locks === undefined || beside === undefined) {
    throw new Error(
      `${name} lacks "-- Locks: " or "-- Beside the previous version: ", see CONTRIBUTING, Change the database`,
    )
  }
  return {
    locks:
      locks === 'none'
        ? []
        : locks
            .split(',')
            .map((lock) => lock.trim())
            .sort(),
    beside,
  }
}

/** Runs a migration, returns the strong locks that it holds on tables that existed before, and undoes it. */
export async function findLocks(client: Client, { text }: Pick<Migration, 'text'>): Promise<string[]> {
  await client.query('BEGIN')
  try {
    const { rows: before } = await client.query<{ oid: number }>(
      `SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace`,
    )
    await client.query(text)
    const { rows } = await client.query<{ lock: string }>(
      `SELECT DISTINCT relname || ' ' || mode AS lock FROM pg_locks JOIN pg_class ON pg_class.oid = relation
       WHERE pid = pg_backend_pid() AND granted AND relation = ANY ($1::oid[]) AND mode = ANY ($2)`,
      [before.map(({ oid }) => oid), STRONG],
    )
    return rows.map(({ lock }) => lock).sort()
  } finally {
    await client.query('ROLLBACK')
  }
}
