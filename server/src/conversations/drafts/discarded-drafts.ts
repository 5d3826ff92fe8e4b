import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'

/** Deletes drafts that were discarded before a time, with their attachments, and returns their number. */
export async function deleteDiscardedDrafts(db: Kysely<Schema>, before: Date, batchRows: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`DELETE FROM drafts WHERE id IN (
    SELECT id FROM drafts WHERE discarded_at < ${before} ORDER BY discarded_at LIMIT ${batchRows})`.execute(db)
  return Number(numAffectedRows)
}
