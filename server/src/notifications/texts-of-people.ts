import type { TextScan, Tx } from '../database/index.ts'
import type { ConversationId } from '../kernel/ids.ts'

/** Texts that may name a person. */
export const NOTIFICATION_TEXTS = {
  table: 'notifications',
  key: { column: 'id', type: 'bigint' },
  columns: ['subject', 'sender'],
  action: 'delete',
} as const satisfies TextScan

/** Deletes the entries of conversations from before a time: they name the customer. */
export async function deleteNotificationsOf(tx: Tx, ids: readonly ConversationId[], before: Date): Promise<void> {
  await tx.deleteFrom('notifications').where('conversation_id', 'in', ids).where('at', '<', before).execute()
}
