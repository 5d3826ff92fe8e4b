import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

/** Records of a sign-in that has ended: sessions with their network address and browser, and links that have expired. */
const TABLES = ['sessions', 'person_links', 'verifications'] as const

const old = (table: (typeof TABLES)[number], before: Date) => sql`${sql.table(table)} WHERE expires_at < ${before}`

/** Deletes sessions and links of people that expired before a time. Returns their number, at most `limit` per kind. */
export async function deleteOldSignIns(db: Kysely<Schema>, before: Date, limit: number): Promise<number> {
  let deleted = 0
  for (const table of TABLES) {
    const { numAffectedRows = 0n } = await sql`DELETE FROM ${sql.table(table)} WHERE id IN (
      SELECT id FROM ${old(table, before)} LIMIT ${limit})`.execute(db)
    deleted += Number(numAffectedRows)
  }
  return deleted
}

/** Counts what {@link deleteOldSignIns} would delete, up to `most` per kind. */
export async function countOldSignIns(db: Kysely<Schema>, before: Date, most: number): Promise<number> {
  let count = 0
  for (const table of TABLES) {
    const { rows } = await sql<{ count: number }>`SELECT count(*)::float8 AS count
      FROM (SELECT FROM ${old(table, before)} LIMIT ${most}) AS old`.execute(db)
    count += rows[0]!.count
  }
  return count
}

/** Deletes counts of wrong passwords that expired before a time, at most `limit`. */
export async function deleteExpiredAttempts(db: Kysely<Schema>, before: Date, limit: number): Promise<number> {
  const expired = sql`expire < ${before.getTime()}`
  // Checked again for the row as it is when deleted: an attempt may have begun a new window meanwhile.
  const { numAffectedRows = 0n } = await sql`DELETE FROM sign_in_attempts WHERE ${expired} AND key IN (
    SELECT key FROM sign_in_attempts WHERE ${expired} LIMIT ${limit})`.execute(db)
  return Number(numAffectedRows)
}
