import type { Tx } from '../database/index.ts'
import type { ConversationId } from '../kernel/ids.ts'

/** Conversations that have a message in the outbox: not sent, unknown, or without its copy in Sent yet. */
export async function findInOutbox(tx: Tx, ids: readonly ConversationId[]): Promise<Set<ConversationId>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .selectFrom('submissions')
    .select('conversation_id')
    .distinct()
    .where('conversation_id', 'in', ids)
    .where('state', 'not in', ['sent', 'canceled'])
    .execute()
  return new Set(rows.map((row) => row.conversation_id!))
}

/** Deletes the sent and canceled messages of conversations that are about to be deleted. */
export async function deleteSubmissionsOf(tx: Tx, ids: readonly ConversationId[]): Promise<void> {
  if (ids.length === 0) return
  await tx.deleteFrom('submissions').where('conversation_id', 'in', ids).execute()
}
