import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

/**
 * Deletes the oldest entries, by id, which follows time, and counts those that a target of the forwarding didn't get.
 *
 * @returns number of deleted entries
 */
export async function deleteOldEntries(
  db: Kysely<Schema>,
  { before, now, limit }: { before: Date; now: Date; limit: number },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    WITH deleted AS (
      DELETE FROM audit_entries WHERE at < ${before} AND id IN (SELECT id FROM audit_entries ORDER BY id LIMIT ${limit})
      RETURNING id
    ), counted AS (
      UPDATE audit_forwards SET deleted_at = ${now},
        deleted_unsent = deleted_unsent + (SELECT count(*) FROM deleted WHERE id > position)
      WHERE EXISTS (SELECT FROM deleted WHERE id > position)
    )
    SELECT count(*)::float8 AS count FROM deleted`.execute(db)
  return rows[0]!.count
}

/** Counts entries before a time, up to `most`. */
export async function countOldEntries(db: Kysely<Schema>, before: Date, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::float8 AS count
    FROM (SELECT at FROM audit_entries ORDER BY id LIMIT ${most}) AS oldest WHERE at < ${before}`.execute(db)
  return rows[0]!.count
}
