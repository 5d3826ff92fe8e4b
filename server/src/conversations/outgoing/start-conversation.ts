import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { newId, type ConversationId } from '../../kernel/ids.ts'
import { previewOf, type Address, type MessageBody } from '../../mail/index.ts'
import type { FilingAccount } from '../conversations.ts'
import { storable, storableAddress, storableIds, storableLine } from '../stored/storable.ts'
import { leadToAll, ownOf, participantsWith } from '../threading/message-leads.ts'

/** A message that was sent, without a copy in the mailbox. */
export interface BegunMessage {
  /** Without `<>`. */
  messageId: string
  from: Address
  to: readonly Address[]
  cc: readonly Address[]
  subject: string
  body: MessageBody
  sentAt: Date
}

/**
 * Begins a conversation without a message. The copy of the message and answers to it find it by their Message-IDs. Where
 * an answer was filed first, its conversation is the one. The caller holds the account, so that no answer is filed
 * meanwhile.
 */
export function createBeginConversation({ clock, events }: { clock: Clock; events: Events }) {
  return async (tx: Tx, account: FilingAccount, message: BegunMessage): Promise<ConversationId> => {
    const ids = storableIds([message.messageId])
    const known = await conversationOfAnswer(tx, account, ids)
    const id = known ?? newId<ConversationId>()
    if (known === undefined) await insert(tx, account, id, message)
    await leadToAll(tx, account.id, new Map(ids.map((each) => [each, id])), new Set(ids))
    return id
  }

  async function insert(tx: Tx, account: FilingAccount, id: ConversationId, message: BegunMessage): Promise<void> {
    await tx
      .insertInto('conversations')
      .values({
        id,
        email_account_id: account.id,
        subject: storableLine(message.subject),
        status: 'open',
        participants: JSON.stringify(
          participantsWith([], { ...message, replyTo: [] }, ownOf(account)).map(storableAddress),
        ),
        preview: storable(previewOf(message.body)),
        unread: false,
        message_count: 0,
        last_message_at: message.sentAt,
        created_at: clock.now(),
      })
      .execute()
    await events.append(tx, {
      kind: 'conversation.created',
      emailAccountId: account.id,
      subjectId: id,
      payload: { conversationId: id },
      at: clock.now(),
    })
  }
}

/** The conversation to which the Message-ID leads. Locked, so that no merge of conversations misses the submission. */
async function conversationOfAnswer(
  tx: Tx,
  account: FilingAccount,
  messageIds: readonly string[],
): Promise<ConversationId | undefined> {
  if (messageIds.length === 0) return undefined
  const row = await tx
    .selectFrom('conversation_message_ids as lead')
    .innerJoin('conversations', 'conversations.id', 'lead.conversation_id')
    .select(['conversations.id', 'conversations.merged_into'])
    .where('lead.email_account_id', '=', account.id)
    .where('lead.message_id', 'in', [...messageIds])
    .forNoKeyUpdate('conversations')
    .executeTakeFirst()
  return row && (row.merged_into ?? row.id)
}
