import { type AnswerEffect, type MessageHead, type StoredMessage } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import {
  defaultIdentity,
  identityToAnswer,
  pickIdentity,
  type EmailAccount,
  type Identity,
} from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, storedReason } from '../kernel/errors.ts'
import { newId, type ConversationId, type StoredMessageId, type SubmissionId } from '../kernel/ids.ts'
import { answerTo, newMessageId } from '../mail/index.ts'
import { LIMITS_OWN, LIMITS_SHARED, LIMITS_SMTP } from '../transports/index.ts'
import { expectNoNewAnswer, findLastAnswer } from './new-answers.ts'
import { checkAttachmentSizes, checkContent, limitsOn, requestHash, storableText } from './outgoing-content.ts'
import type { Outbox } from './outbox.ts'
import type { ConversationPorts, EmailAccountPorts } from './ports.ts'
import { TIDY_AFTER_MS } from './sent-mail.ts'
import { createSubmissionLists } from './submission-lists.ts'
import {
  canCancel,
  COPY_LEFT_TO_SERVER,
  notBefore,
  type Change,
  type StoredContent,
  type SubmissionRow,
} from './submission-rows.ts'
import type {
  CanceledSubmission,
  OtherProtocol,
  SendingLimits,
  Submission,
  SubmissionRequest,
  Submissions,
  SubmissionState,
} from './submission.ts'

const LONGEST_AHEAD_MS = 366 * 24 * 60 * 60 * 1000

/** Operations on the outbox for people and programs. */
export function createStoredSubmissions(deps: {
  database: Database
  clock: Clock
  outbox: Outbox
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
  requireSpace?: (() => void) | undefined
}): Submissions {
  const { database, clock, outbox, emailAccounts, conversations, requireSpace = () => undefined } = deps
  const { db } = database

  async function submit(request: SubmissionRequest): Promise<Submission> {
    const hash = requestHash(request)
    let accepted: Submission | undefined
    try {
      accepted = await accept(request, hash)
    } catch (thrown) {
      // A repeated request may fail, for example because its draft is deleted. Its key proves that it was accepted.
      const known = await findByKey(db, request)
      if (!known) throw thrown
      return repeated(known, hash)
    }
    return accepted ?? repeated((await findByKey(db, request))!, hash)
  }

  /** Returns undefined if the same key was accepted before or by a concurrent request. */
  async function accept(request: SubmissionRequest, hash: Buffer): Promise<Submission | undefined> {
    requireSpace()
    const account = await emailAccounts.get(request.emailAccountId)
    const { attachments, ...text } = request.content
    checkContent(request.content, limitsFor(account))
    const { answered, ...thread } = await threadOf(request, account)
    const identity = await identityFor(account, request, answered)
    const content: StoredContent = {
      ...storableText(text),
      from: { name: identity.name, address: identity.address },
      ...(identity.replyTo && { replyTo: [identity.replyTo] }),
      identityId: identity.id,
      ...thread,
      ...(request.replyToMessageId && { replyToMessageId: request.replyToMessageId }),
      ...(request.answerKind && { answerKind: request.answerKind }),
    }
    const now = clock.now()
    const { holdMs = 0, conversationId, draftId, sendAt, thenStatus } = request
    if (sendAt) requireSendTime(sendAt, now)
    const heldUntil = sendAt ?? (holdMs > 0 ? new Date(now.getTime() + holdMs) : null)
    const values = {
      id: newId<SubmissionId>(),
      email_account_id: account.id,
      conversation_id: conversationId ?? null,
      idempotency_key: request.idempotencyKey,
      request_hash: hash,
      message_id: newMessageId(identity.address),
      content: JSON.stringify(content),
      due_at: heldUntil ?? now,
      not_before: heldUntil,
      send_at: sendAt ?? null,
      submitted_by: request.submittedBy,
      created_at: now,
    }
    if (attachments.length === 0 && !draftId && !conversationId) {
      const row = await outbox.acceptAlone(values)
      return row && outbox.presentNew(row, [])
    }
    return database.transaction(async (tx) => {
      const row = await outbox.accept(tx, values)
      if (!row) return undefined
      let all = attachments
      if (draftId) {
        const of = { authorId: request.submittedBy, emailAccountId: account.id }
        all = [...(await conversations.drafts.take(tx, draftId, of)), ...attachments]
        checkContent({ ...text, attachments: all }, limitsFor(account))
      }
      await outbox.attach(tx, row.id, all)
      const { lastAnswerId } = request
      if (conversationId && lastAnswerId !== undefined) {
        await expectNoNewAnswer(tx, conversations.outgoing, { id: conversationId, known: lastAnswerId, own: row.id })
      }
      if (conversationId) {
        await conversations.outgoing.expectAnswers(tx, conversationId, row.message_id)
        const isForward = request.answerKind === 'forward'
        const answer = {
          author: request.submittedBy,
          emailAccountId: account.id,
          assigns: account.assignsSender,
          status: thenStatus,
          isForward,
        }
        const effect = await conversations.outgoing.recordAnswer(tx, conversationId, answer)
        if (effect) await outbox.setEffect(tx, row.id, effect)
      }
      return outbox.presentNew(row, all)
    })
  }

  async function repeated(row: SubmissionRow, hash: Buffer): Promise<Submission> {
    if (!row.request_hash.equals(hash)) throw new AppError('submission.idempotency_key_reused')
    return one(row)
  }

  /** In-Reply-To and References for answering the chosen message, or the latest one of the conversation. */
  async function threadOf(
    { emailAccountId, conversationId, replyToMessageId }: SubmissionRequest,
    { address }: EmailAccount,
  ): Promise<{ answered?: MessageHead; inReplyTo: string[]; references: string[] }> {
    if (conversationId === undefined) {
      if (replyToMessageId !== undefined) throw new AppError('submission.other_conversation')
      return { inReplyTo: [], references: [] }
    }
    const conversation = await conversations.reading.find(conversationId)
    if (!conversation) throw new AppError('conversations.not_found')
    if (conversation.emailAccountId !== emailAccountId) throw new AppError('submission.other_conversation')
    const answered = replyToMessageId
      ? await chosen(conversationId, replyToMessageId)
      : await conversations.reading.latest(conversationId)
    const thread = answered ? answerTo(answered) : { inReplyTo: [], references: [] }
    const references = [...conversations.outgoing.referencesFor(conversationId, address, thread.references)]
    return { ...(answered && { answered }), ...thread, references }
  }

  /** Returns a sender name that an admin allowed for the mailbox. */
  async function identityFor(
    account: EmailAccount,
    { identityId }: SubmissionRequest,
    answered: MessageHead | undefined,
  ): Promise<Identity> {
    const identities = await emailAccounts.identities(account)
    if (identityId !== undefined) return pickIdentity(identities, identityId)
    return answered ? identityToAnswer(identities, answered) : defaultIdentity(identities)
  }

  /** Finds the chosen message at any age; the latest page of a conversation may not contain it. */
  async function chosen(conversationId: ConversationId, id: StoredMessageId): Promise<StoredMessage> {
    const message = await conversations.messages.get(id).catch((cause: unknown) => {
      const isUnknown = cause instanceof AppError && cause.code === 'conversations.not_found'
      throw isUnknown ? new AppError('submission.other_conversation', { cause }) : cause
    })
    if (message.conversationId !== conversationId) throw new AppError('submission.other_conversation')
    return message
  }

  /** Limits that need no transport, so that mail is accepted while its account is inaccessible. */
  function limitsFor({ kind, principal, sendsBy }: EmailAccount) {
    if (sendsBy === 'smtp') return limitsOn(LIMITS_SMTP)
    // Delegates can't use upload sessions; the application can, in every mailbox it has access to.
    return limitsOn(kind === 'shared' && principal.kind === 'grant' ? LIMITS_SHARED : LIMITS_OWN)
  }

  /** Servers with a password send by SMTP only. */
  async function otherProtocolOf(account: EmailAccount, limits: SendingLimits): Promise<OtherProtocol | undefined> {
    if (account.principal.kind === 'password') return undefined
    const protocol = account.sendsBy === 'graph' ? 'smtp' : 'graph'
    const { messageBytes, attachmentBytes } = limitsFor({ ...account, sendsBy: protocol })
    if (attachmentBytes <= limits.attachmentBytes) return undefined
    return { protocol, messageBytes, attachmentBytes, isPermitted: await emailAccounts.canSendBy(account, protocol) }
  }

  async function one(row: SubmissionRow): Promise<Submission> {
    const [submission] = await outbox.present([row])
    return submission!
  }

  /** Applies a person's change if the submission is in an allowed state. */
  async function decide(
    id: SubmissionId,
    allowed: readonly SubmissionState[],
    change: (row: SubmissionRow) => Change,
  ): Promise<Submission> {
    const changed = await database.transaction(async (tx) => {
      const row = await outbox.lock(tx, id)
      expectState(row, allowed)
      return outbox.overrule(tx, row, change(row))
    })
    return one(changed)
  }

  /**
   * Cancels permanently: sending it again could deliver the message twice, once more from the draft. The draft belongs
   * to the person who cancels, because a program or a former agent would never open it.
   */
  async function cancel(id: SubmissionId, by: string): Promise<CanceledSubmission> {
    const { row, draftId } = await database.transaction(async (tx) => {
      // Conversation first, as everywhere, so that no merge or filing waits in the opposite order.
      const known = await tx.selectFrom('submissions').select('conversation_id').where('id', '=', id).executeTakeFirst()
      if (known?.conversation_id) await conversations.outgoing.lockForAnswer(tx, known.conversation_id)
      const queued = await outbox.lock(tx, id)
      if (!canCancel(queued)) throw new AppError('submission.too_late', { detail: `it is ${queued.state}` })
      const { replyToMessageId: inReplyTo, ...content } = queued.content as StoredContent
      const { to, cc, bcc, subject, text, html, answerKind, identityId } = content
      const restored = await conversations.drafts.restore(tx, {
        emailAccountId: queued.email_account_id,
        conversationId: queued.conversation_id ?? undefined,
        authorId: by,
        content: { to, cc, bcc, subject, text, html, inReplyTo, answerKind, identityId },
        attachments: await outbox.attachmentsOf(tx, id),
      })
      await outbox.dropBytes(tx, id)
      const canceled = await outbox.overrule(tx, queued, {
        state: 'canceled',
        state_reason: null,
        tidy_at: tidyAt(queued),
      })
      const effect = (queued.effect as AnswerEffect | null) ?? {}
      if (queued.conversation_id) {
        await conversations.outgoing.revertAnswer(tx, queued.conversation_id, effect, by)
      }
      return { row: canceled, draftId: restored }
    })
    return { ...(await one(row)), draftId }
  }

  /** Time to remove drafts that an attempt may have left in the mailbox; an attempt in progress can still create one. */
  function tidyAt({ state, attempts }: SubmissionRow): Date | null {
    if (attempts === 0) return null
    return new Date(clock.now().getTime() + (state === 'sending' ? TIDY_AFTER_MS : 0))
  }

  function expectState({ state }: SubmissionRow, allowed: readonly SubmissionState[]): void {
    if (!allowed.includes(state)) throw new AppError('submission.too_late', { detail: `it is ${state}` })
  }

  function again(row: SubmissionRow): Change {
    const due_at = notBefore(row, clock.now())
    return {
      ...{ state: 'queued', state_reason: null, state_detail: null },
      ...{ send_begun_at: null, handed_over_at: null, due_at },
      ...{ waits_since: due_at, transient_since: null },
    }
  }

  /** Stores only the copy again; the message itself was sent. */
  function copyAgain(row: SubmissionRow): Change {
    const { sent_message_id: copyId, state_reason: reason, handed_over_at: handedOverAt } = row
    const canStore = copyId === null && reason !== null && reason !== COPY_LEFT_TO_SERVER && handedOverAt !== null
    if (!canStore) throw new AppError('submission.too_late', { detail: 'it is sent' })
    return { state: 'handed-over', due_at: clock.now(), transient_since: null }
  }

  return {
    submit,
    async findRepeated(request) {
      const known = await findByKey(db, request)
      return known && repeated(known, requestHash(request))
    },
    async get(id) {
      const row = await db.selectFrom('submissions').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) throw new AppError('submission.not_found')
      return one(row)
    },
    ...createSubmissionLists({ database, clock, outbox }),
    lastAnswerOf: (conversationId) => findLastAnswer(db, conversations.outgoing, conversationId),
    async submittersOf(messageIds) {
      if (messageIds.length === 0) return new Map()
      const rows = await db
        .selectFrom('submissions')
        .select(['sent_message_id', 'submitted_by'])
        .where('sent_message_id', 'in', messageIds)
        .execute()
      return new Map(rows.map(({ sent_message_id: id, submitted_by: by }) => [id!, by]))
    },
    async sendingTroubleOf(emailAccountId) {
      const row = await db
        .selectFrom('sending_states')
        .select(['trouble_code', 'trouble_since'])
        .where('email_account_id', '=', emailAccountId)
        .where('trouble_code', 'is not', null)
        .executeTakeFirst()
      if (!row) return undefined
      return { reason: storedReason(row.trouble_code!), since: row.trouble_since! }
    },
    async limitsOf(emailAccountId) {
      const account = await emailAccounts.get(emailAccountId)
      const limits = limitsFor(account)
      const otherProtocol = await otherProtocolOf(account, limits)
      return { ...limits, ...(otherProtocol && { otherProtocol }) }
    },
    async checkAttachments(emailAccountId, attachments) {
      requireSpace()
      checkAttachmentSizes(attachments, limitsFor(await emailAccounts.get(emailAccountId)))
    },
    cancel,
    async retry(id) {
      await decide(id, ['queued', 'failed', 'handed-over', 'sent'], (row) => {
        const { state } = row
        if (state === 'failed') return again(row)
        const now = clock.now()
        if (state === 'handed-over') return { due_at: now }
        if (state === 'sent') return copyAgain(row)
        return { due_at: notBefore(row, now) }
      })
      // A retry by a person ends the hold of the mailbox.
      const row = await db.selectFrom('submissions').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) throw new AppError('submission.not_found')
      await outbox.release({ emailAccountId: row.email_account_id })
      return one(row)
    },
    decideUnknown: (id, decision) =>
      decide(id, ['unknown'], (row) =>
        decision === 'send-again'
          ? { ...again(row), was_unclear: true }
          : { state: 'sent', state_reason: null, tidy_at: clock.now() },
      ),
  }
}

function requireSendTime(at: Date, now: Date): void {
  const ms = at.getTime() - now.getTime()
  if (!(ms > 0 && ms <= LONGEST_AHEAD_MS)) throw new AppError('submission.send_time')
}

async function findByKey(
  db: Database['db'],
  { emailAccountId, idempotencyKey }: SubmissionRequest,
): Promise<SubmissionRow | undefined> {
  return db
    .selectFrom('submissions')
    .selectAll()
    .where('email_account_id', '=', emailAccountId)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst()
}
