import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

/**
 * Deletes settled and failed actions that changed before a time, and returns their number. Settled rows answer two
 * questions for a while: is a reported read mark Postkey's own, and where was a message before?
 */
export async function deleteSettledActions(db: Kysely<Schema>, before: Date, batchRows: number): Promise<number> {
  // The outer conditions are checked again for a row that becomes due meanwhile.
  const { numAffectedRows = 0n } = await sql`DELETE FROM account_actions
    WHERE message_id IN (SELECT message_id FROM account_actions WHERE due_at IS NULL AND changed_at < ${before}
      ORDER BY changed_at LIMIT ${batchRows}) AND due_at IS NULL AND changed_at < ${before}`.execute(db)
  return Number(numAffectedRows)
}
