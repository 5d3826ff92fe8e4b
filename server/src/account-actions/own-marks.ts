import { sql } from 'kysely'
import type { SeenHook } from '../conversations/index.ts'

/**
 * Recognizes read marks that Postkey has set itself. A mark of another program cancels the wanted read mark: the later
 * change wins.
 *
 * Never waits for the lock of a row: filing meets messages in the order of their page, so it could deadlock with a
 * transaction that locks them in the order of their ids. A row that such a transaction changes at this moment keeps what
 * Postkey wants.
 */
export const isOwnMark: SeenHook = async (tx, messageId, isSeen) => {
  const row = await tx
    .selectFrom('account_actions')
    .select(['wants_seen', 'seen_written', 'version'])
    .where('message_id', '=', messageId)
    .executeTakeFirst()
  if (!row) return false
  // The mark before the last one may be reported late.
  if (row.wants_seen === isSeen || row.seen_written === isSeen) return true
  if (row.wants_seen === null && row.seen_written === null) return false
  await sql`UPDATE account_actions SET wants_seen = NULL, seen_written = NULL, seen_pending = false,
      version = version + 1, due_at = CASE WHEN move_pending THEN due_at END, code = CASE WHEN move_pending THEN code END
    WHERE message_id = (SELECT message_id FROM account_actions WHERE message_id = ${messageId}
      AND version = ${row.version} FOR UPDATE SKIP LOCKED)`.execute(tx)
  return false
}
