import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { newId, type ConversationId } from '../../kernel/ids.ts'
import { createPreview, type Address, type MessageBody } from '../../mail/index.ts'
import type { SentMailHook } from '../filing/filing-hooks.ts'
import { joinEarlyReports } from '../threading/early-reports.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { storable, storableAddress, storableIds, storableLine } from '../stored/storable.ts'
import { addParticipants, ownAddresses } from '../threading/participants.ts'
import { saveMessageIds } from '../threading/related-message-ids.ts'

/** A sent message without a copy in the mailbox. */
export interface FirstMessage {
  /** Without `<>`. */
  messageId: string
  from: Address
  to: readonly Address[]
  cc: readonly Address[]
  subject: string
  body: MessageBody
  sentAt: Date
  /** True for a message that needs no work of the team. */
  isClosed?: boolean
}

/**
 * Starts a conversation without a stored message. The copy of the message and answers to it find it by Message-ID. When an
 * answer was filed first, returns its conversation. The caller holds `lockAccount`, so that no answer is filed meanwhile.
 */
export function createStartConversation(deps: { clock: Clock; events: Events; hooks: readonly SentMailHook[] }) {
  const { clock, events, hooks } = deps

  return async (tx: Tx, account: FilingAccount, message: FirstMessage): Promise<ConversationId> => {
    const ids = storableIds([message.messageId])
    const known = await conversationOfAnswer(tx, account, ids)
    const id = known ?? newId<ConversationId>()
    if (known === undefined) await insert(tx, account, id, message)
    await saveMessageIds(tx, [account.id], new Map(ids.map((each) => [each, id])), new Set(ids))
    const sent = ids.map((messageId) => ({ messageId, recipients: [...message.to, ...message.cc] }))
    const joined = await joinEarlyReports(tx, account, hooks, sent, clock.now())
    await events.appendAll(tx, joined.events)
    return id
  }

  async function insert(tx: Tx, account: FilingAccount, id: ConversationId, message: FirstMessage): Promise<void> {
    await tx
      .insertInto('conversations')
      .values({
        id,
        email_account_id: account.id,
        subject: storableLine(message.subject),
        status: message.isClosed ? 'closed' : 'open',
        participants: JSON.stringify(
          addParticipants([], { ...message, replyTo: [] }, ownAddresses(account)).map(storableAddress),
        ),
        preview: storable(createPreview(message.body)),
        unread: false,
        message_count: 0,
        last_message_at: message.sentAt,
        last_direction: 'out',
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

/** The conversation of a Message-ID, locked, so that a merge of conversations does not miss the submission. */
async function conversationOfAnswer(
  tx: Tx,
  account: FilingAccount,
  messageIds: readonly string[],
): Promise<ConversationId | undefined> {
  if (messageIds.length === 0) return undefined
  const row = await tx
    .selectFrom('conversation_message_ids as known')
    .innerJoin('conversations', 'conversations.id', 'known.conversation_id')
    .select(['conversations.id', 'conversations.merged_into'])
    .where('known.email_account_id', '=', account.id)
    .where('known.message_id', 'in', [...messageIds])
    .forNoKeyUpdate('conversations')
    .executeTakeFirst()
  return row && (row.merged_into ?? row.id)
}
