import type { SeenHook } from '../conversations/index.ts'

/**
 * Recognizes read marks that Postkey has set itself. A mark of another program ends what Postkey wanted: the later change
 * wins.
 */
export const isOwnMark: SeenHook = async (tx, messageId, isSeen) => {
  const row = await tx
    .selectFrom('account_actions')
    .select(['wants_seen', 'seen_written', 'move_pending'])
    .where('message_id', '=', messageId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return false
  // The mark before the last one may be reported late.
  if (row.wants_seen === isSeen || row.seen_written === isSeen) return true
  if (row.wants_seen === null && row.seen_written === null) return false
  await tx
    .updateTable('account_actions')
    .set((eb) => ({
      wants_seen: null,
      seen_written: null,
      seen_pending: false,
      version: eb('version', '+', 1),
      ...(!row.move_pending && { due_at: null, code: null }),
    }))
    .where('message_id', '=', messageId)
    .execute()
  return false
}
