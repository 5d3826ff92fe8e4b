import type { Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId, type ConversationId } from '../kernel/ids.ts'
import { previewOf, type Address, type MessageBody } from '../mail/index.ts'
import type { FilingAccount } from './conversations.ts'
import { storable, storableAddress, storableIds, storableLine } from './storable.ts'
import { leadToAll, ownOf, participantsWith } from './threading.ts'

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

/** Begins a conversation without a message. The copy of the message and answers to it find it by their Message-IDs. */
export function createBeginConversation({ clock, events }: { clock: Clock; events: Events }) {
  return async (tx: Tx, account: FilingAccount, message: BegunMessage): Promise<ConversationId> => {
    const id = newId<ConversationId>()
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
    const ids = storableIds([message.messageId])
    await leadToAll(tx, account.id, new Map(ids.map((each) => [each, id])), new Set(ids))
    await events.append(tx, {
      kind: 'conversation.created',
      emailAccountId: account.id,
      subjectId: id,
      payload: { conversationId: id },
      at: clock.now(),
    })
    return id
  }
}
