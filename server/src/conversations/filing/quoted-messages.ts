import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { storableId, storableIds } from '../stored/storable.ts'
import type { FilingAccount } from '../threading/filing-account.ts'

/** Messages that those of a page reply to, by Message-ID, with their conversations. */
export interface QuotedMessages {
  /** True if a message that this one replies to is stored in the same conversation: its words are found there. */
  has(message: RemoteMessage, conversationId: ConversationId): boolean
  add(message: RemoteMessage, conversationId: ConversationId): void
}

/**
 * Loads the stored messages that a page replies to. A conversation alone proves nothing about a quotation: messages join
 * it by References, by its subject, or by the server's conversation id, and can quote mail that was never here.
 */
export async function loadQuotedMessages(
  tx: Tx,
  account: FilingAccount,
  page: readonly RemoteMessage[],
): Promise<QuotedMessages> {
  const places = new Set<string>()
  const ids = [...new Set(page.flatMap(({ inReplyTo }) => storableIds(inReplyTo)))]
  if (ids.length > 0) {
    const rows = await tx
      .selectFrom('messages')
      .select(['message_id', 'conversation_id'])
      .where('email_account_id', '=', account.id)
      .where(sql<boolean>`message_id = ANY(${ids})`)
      .execute()
    for (const row of rows) places.add(placeOf(row.message_id!, row.conversation_id))
  }
  return {
    has: ({ inReplyTo }, conversationId) =>
      storableIds(inReplyTo).some((id) => places.has(placeOf(id, conversationId))),
    add({ messageId }, conversationId) {
      const id = storableId(messageId)
      if (id !== undefined) places.add(placeOf(id, conversationId))
    },
  }
}

function placeOf(messageId: string, conversationId: ConversationId): string {
  return `${conversationId} ${messageId}`
}
