import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

/** Deletes the oldest entries, by id, which follows time. Returns their number. */
export async function deleteOldEntries(db: Kysely<Schema>, before: Date, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`DELETE FROM audit_entries WHERE at < ${before}
    AND id IN (SELECT id FROM audit_entries ORDER BY id LIMIT ${limit})`.execute(db)
  return Number(numAffectedRows)
}

/** Counts entries before a time, up to `most`. */
export async function countOldEntries(db: Kysely<Schema>, before: Date, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::float8 AS count
    FROM (SELECT at FROM audit_entries ORDER BY id LIMIT ${most}) AS oldest WHERE at < ${before}`.execute(db)
  return rows[0]!.count
}
