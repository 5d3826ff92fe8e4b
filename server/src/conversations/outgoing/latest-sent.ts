import type { Kysely } from 'kysely'
import type { Schema, Tx } from '../../database/index.ts'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'

/** Maximum number of ids. More answers than this are never sent while one is being written. */
const MOST = 50

/** Ids of the latest messages sent from the mailbox, excluding imported ones. */
export async function latestSentIds(db: Kysely<Schema>, id: ConversationId): Promise<StoredMessageId[]> {
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where('conversation_id', '=', id)
    .where('direction', '=', 'out')
    .where('imported', '=', false)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute()
  return rows.map((row) => row.id)
}

/** Locks the conversation until `tx` ends. Filing into it waits, so take this lock late. */
export async function lockForAnswer(tx: Tx, id: ConversationId): Promise<void> {
  await tx.selectFrom('conversations').select('id').where('id', '=', id).forNoKeyUpdate().execute()
}
