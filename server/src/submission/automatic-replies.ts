import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { ReceivedMail } from '../conversations/index.ts'
import { storable } from '../conversations/index.ts'
import type { Tx } from '../database/index.ts'
import { identityToAnswer, isWithin, listOwnAddresses, type EmailAccount } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { newId, type SubmissionId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { answerTo, newMessageId, normalizeSubject, type Address } from '../mail/index.ts'
import { filledIn, recipientOrGuard, toSenderKey, type Guard } from './automatic-guards.ts'
import { holdUnsent, restoreSince } from './held-mail.ts'
import type { Outbox } from './outbox.ts'
import type { StoredContent } from './submission-rows.ts'
import type { ConversationPorts, EmailAccountPorts } from './ports.ts'

/** Author of automatic replies; also the prefix of their idempotency keys. */
export const BY_ITSELF = 'automatic-reply'
/** Maximum automatic replies per mailbox and hour, across all senders. Stops floods from many new senders. */
export const MOST_IN_AN_HOUR = 60
const HOUR_MS = 60 * 60_000
const ONCE_IN_MS = 24 * HOUR_MS

/**
 * Answers new mail with an acknowledgement, in the transaction that files it: exactly once or not at all. Replies use
 * the normal outbox. Only one transaction at a time files mail of a mailbox, so the counts used here are exact.
 */
export function createAutomaticReplies(deps: {
  clock: Clock
  log: Log
  outbox: Outbox
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
}) {
  const { clock, log, outbox, emailAccounts, conversations } = deps

  return async (tx: Tx, id: EmailAccountId, received: readonly ReceivedMail[]): Promise<void> => {
    const account = await emailAccounts.getIn(tx, id)
    for (const mail of received) {
      const guard = await answer(tx, account, mail)
      if (guard) log.debug({ emailAccount: id, message: mail.messageId, guard }, 'Not answered by itself')
    }
  }

  async function answer(tx: Tx, account: EmailAccount, mail: ReceivedMail): Promise<Guard | undefined> {
    const { automaticReply: settings } = account
    const now = clock.now()
    if (!settings?.isOn) return 'switched-off'
    const { hours, since } = settings
    if (hours && isWithin(hours, now) !== (hours.answers === 'within')) return 'out-of-hours'
    const own = listOwnAddresses(account).map((address) => address.toLowerCase())
    const found = recipientOrGuard(mail, { own, since, now })
    if ('guard' in found) return found.guard
    const guard = await guardOf(tx, account, mail, found.to)
    if (!guard) await submit(tx, account, mail, found.to, settings)
    return guard
  }

  async function guardOf(tx: Tx, account: EmailAccount, mail: ReceivedMail, to: Address): Promise<Guard | undefined> {
    const addresses = [to, mail.message.from!].map(({ address }) => address.toLowerCase())
    const now = clock.now().getTime()
    const { rows } = await sql<Record<'ours' | 'sender' | 'conversation' | 'many', boolean>>`
      WITH by_itself AS (
        SELECT answers_by_itself, created_at FROM submissions
        WHERE email_account_id = ${account.id} AND answers_by_itself IS NOT NULL
          AND created_at > ${new Date(now - ONCE_IN_MS)})
      SELECT EXISTS (
          SELECT FROM email_accounts WHERE lower(address) = ANY(${addresses})
            OR EXISTS (SELECT FROM jsonb_array_elements(aliases) AS alias
              WHERE lower(alias ->> 'address') = ANY(${addresses}))) AS ours,
        EXISTS (SELECT FROM by_itself WHERE answers_by_itself = ${toSenderKey(to)}) AS sender,
        EXISTS (SELECT FROM submissions WHERE conversation_id = ${mail.conversationId})
          OR EXISTS (SELECT FROM messages WHERE conversation_id = ${mail.conversationId} AND direction = 'out')
          AS conversation,
        (SELECT count(*) FROM by_itself WHERE created_at > ${new Date(now - HOUR_MS)}) >= ${MOST_IN_AN_HOUR} AS many
      `.execute(tx)
    const { ours, sender, conversation, many } = rows[0]!
    if (ours) return 'one-of-ours'
    if (conversation) return 'answered-conversation'
    if (sender) return 'answered-sender'
    return many ? 'too-many' : undefined
  }

  async function submit(
    tx: Tx,
    account: EmailAccount,
    { message, messageId, conversationId }: ReceivedMail,
    to: Address,
    settings: NonNullable<EmailAccount['automaticReply']>,
  ): Promise<void> {
    const identity = identityToAnswer(await emailAccounts.identities(account, tx), { ...message, direction: 'in' })
    const name = to.name.trim() === '' ? to.address : to.name
    // Removes `Re:`, which the template may add itself.
    const values = { name, subject: normalizeSubject(message.subject), mailbox: identity.name }
    const thread = answerTo(message)
    const content: StoredContent = {
      ...{ to: [{ ...to, name: storable(to.name) }], cc: [], bcc: [] },
      subject: storable(filledIn(settings.subject, values)),
      text: storable(filledIn(settings.text, values)),
      from: { name: identity.name, address: identity.address },
      ...(identity.replyTo && { replyTo: [identity.replyTo] }),
      identityId: identity.id,
      inReplyTo: thread.inReplyTo,
      references: conversations.outgoing.referencesFor(conversationId, account.address, thread.references),
      replyToMessageId: messageId,
      isAutomatic: true,
    }
    const now = clock.now()
    const key = `${BY_ITSELF}:${message.messageId ?? messageId}`
    const row = await outbox.accept(tx, {
      id: newId<SubmissionId>(),
      email_account_id: account.id,
      conversation_id: conversationId,
      idempotency_key: key,
      request_hash: createHash('sha256').update(key).digest(),
      message_id: newMessageId(identity.address),
      content: JSON.stringify(content),
      due_at: now,
      not_before: null,
      submitted_by: BY_ITSELF,
      answers_by_itself: toSenderKey(to),
      created_at: now,
    })
    // The reply exists: the message was stored before and was removed with its mailbox or conversation.
    if (!row) return
    await conversations.outgoing.expectAnswers(tx, conversationId, row.message_id)
    const restore = await restoreSince(tx, message.receivedAt)
    if (restore) await holdUnsent(tx, restore, row.id)
  }
}
