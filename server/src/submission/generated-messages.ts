import { createHash } from 'node:crypto'
import { storable } from '../conversations/index.ts'
import type { Tx } from '../database/index.ts'
import { defaultIdentity, type EmailAccount } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId, type ConversationId, type SubmissionId } from '../kernel/ids.ts'
import { newMessageId, type Address } from '../mail/index.ts'
import type { Outbox } from './outbox.ts'
import type { ConversationPorts, EmailAccountPorts } from './ports.ts'
import type { StoredContent } from './submission-rows.ts'

/** A message that Postkey writes by itself, without received mail that it answers. */
export interface GeneratedMessage {
  account: EmailAccount
  to: Address
  subject: string
  text: string
  /** A second message with the same key is not accepted. */
  idempotencyKey: string
  /** Conversation of the earlier messages of this kind; a closed one is started otherwise, and when it moved away. */
  conversationId: ConversationId | undefined
  /** Name of the program, as author of the message. */
  submittedBy: string
}

/** Accepts a message in the transaction of its cause, and returns its conversation. */
export type AcceptGenerated = (tx: Tx, message: GeneratedMessage) => Promise<ConversationId>

/**
 * Uses the normal outbox. The message is marked as generated, so that no program answers it (RFC 3834 §5), and stays in a
 * closed conversation, so that it is no work for the team.
 */
export function createGeneratedMessages(deps: {
  clock: Clock
  outbox: Outbox
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
}): AcceptGenerated {
  const { clock, outbox, emailAccounts, conversations } = deps

  return async (tx, { account, to, subject, text, idempotencyKey, conversationId, submittedBy }) => {
    await conversations.outgoing.lockAccount(tx, account)
    const identity = defaultIdentity(await emailAccounts.identities(account, tx))
    const from = { name: identity.name, address: identity.address }
    const messageId = newMessageId(identity.address)
    const now = clock.now()
    const earlier = conversationId && (await conversations.reading.find(conversationId))
    const id =
      (earlier?.emailAccountId === account.id ? conversationId : undefined) ??
      (await conversations.outgoing.startConversation(tx, account, {
        ...{ messageId, from, to: [to], cc: [], subject, body: { type: 'text', content: text } },
        ...{ sentAt: now, isClosed: true },
      }))
    const content: StoredContent = {
      ...{ to: [{ ...to, name: storable(to.name) }], cc: [], bcc: [] },
      ...{ subject: storable(subject), text: storable(text), from, identityId: identity.id },
      ...{ inReplyTo: [], references: conversations.outgoing.referencesFor(id, account.address, []) },
      isGenerated: true,
    }
    const row = await outbox.accept(tx, {
      ...{ id: newId<SubmissionId>(), email_account_id: account.id, conversation_id: id },
      ...{ idempotency_key: idempotencyKey, request_hash: createHash('sha256').update(idempotencyKey).digest() },
      ...{ message_id: messageId, content: JSON.stringify(content), due_at: now, not_before: null },
      ...{ submitted_by: submittedBy, created_at: now },
    })
    if (row) await conversations.outgoing.expectAnswers(tx, id, row.message_id)
    return id
  }
}
