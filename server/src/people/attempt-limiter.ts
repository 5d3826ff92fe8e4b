import { CompiledQuery } from 'kysely'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { Database } from '../database/index.ts'

export interface CountLimit {
  points: number
  /** In seconds, from the first point. */
  duration: number
}

/** Counts in `sign_in_attempts`, together with all other processes. */
export function createAttemptLimiter(
  { db }: Pick<Database, 'db'>,
  name: string,
  limit: CountLimit,
): RateLimiterPostgres {
  // Through our own query builder, which translates errors of the database.
  const storeClient = {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const { rows } = await db.executeQuery(CompiledQuery.raw(text, values))
      return { rows, rowCount: rows.length }
    },
  }
  return new RateLimiterPostgres({
    ...limit,
    ...{ keyPrefix: name, tableName: 'sign_in_attempts', storeClient, storeType: 'client' },
    // A migration creates the table, and retention deletes old rows.
    ...{ tableCreated: true, clearExpiredByTimeout: false },
  })
}
