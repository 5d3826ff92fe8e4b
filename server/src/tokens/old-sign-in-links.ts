import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

const old = (before: Date) => sql`sign_in_links WHERE expires_at < ${before}`

/** Deletes sign-in links that expired before a time, and returns their number. */
export async function deleteOldSignInLinks(db: Kysely<Schema>, before: Date, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`DELETE FROM sign_in_links WHERE id IN (
    SELECT id FROM ${old(before)} LIMIT ${limit})`.execute(db)
  return Number(numAffectedRows)
}

/** Counts what {@link deleteOldSignInLinks} would delete, up to `most`. */
export async function countOldSignInLinks(db: Kysely<Schema>, before: Date, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::float8 AS count
    FROM (SELECT FROM ${old(before)} LIMIT ${most}) AS old`.execute(db)
  return rows[0]!.count
}
