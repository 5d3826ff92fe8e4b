import { sql } from 'kysely'
import type { MoveHook } from '../conversations/index.ts'

/**
 * Recognizes moves into Junk and Deleted Items that may be Postkey's own: it put the message there, or an attempt at
 * another move has not ended. A conversation that another program discards meanwhile follows at the end of that attempt.
 */
export const isOwnMove: MoveHook = async (tx, messageId, to) => {
  const { rows } = await sql`SELECT FROM account_actions LEFT JOIN folders ON folders.id = at_folder_id
    WHERE message_id = ${messageId} AND (role = ${to} OR move_pending AND due_at IS NOT NULL)`.execute(tx)
  return rows.length > 0
}
