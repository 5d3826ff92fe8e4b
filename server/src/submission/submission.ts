import type { AnswerKind, StatusAfterAnswer } from '../conversations/index.ts'
import type { VisibleAccounts } from '../events/index.ts'
import type { ErrorCode, StateReason } from '../kernel/errors.ts'
import type {
  ConversationId,
  DraftId,
  EmailAccountId,
  IdentityId,
  StoredMessageId,
  SubmissionId,
} from '../kernel/ids.ts'
import type { Address, OutgoingAttachment } from '../mail/index.ts'
import type { UnsentOfAccount } from './count-unsent.ts'

/**
 * - `queued`: waits to be sent, or for the cause in `reason`. Can still be canceled.
 * - `sending`: a worker is sending it, or the outcome of an attempt is not yet clear.
 * - `handed-over`: the server accepted it; its copy in Sent has not been found yet. `reason`: why it could not be
 *   stored.
 * - `sent`: the copy in Sent was found, or a person marked it as sent. With a `reason`, the copy is missing.
 * - `unknown`: it may or may not have been sent. A person decides; it is never sent again automatically.
 * - `failed`: the server refused it. The text is kept and can be sent again.
 * - `canceled`: canceled before it was sent. The content is a draft again.
 */
export type SubmissionState = 'queued' | 'sending' | 'handed-over' | 'sent' | 'unknown' | 'failed' | 'canceled'

/**
 * Content written by an author. At least one of `text` and `html`; if both, they are alternatives (RFC 2046 §5.1.4).
 */
export interface SubmissionContent {
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  subject: string
  text?: string | undefined
  html?: string | undefined
  attachments: readonly OutgoingAttachment[]
  /** Further header fields, each `X-…`. */
  headers?: Readonly<Record<string, string>> | undefined
}

export interface SubmissionRequest {
  emailAccountId: EmailAccountId
  /** The conversation that the message answers. Without one, the message starts a new conversation. */
  conversationId?: ConversationId | undefined
  /** The message that is answered. Default: the latest of the conversation. */
  replyToMessageId?: StoredMessageId | undefined
  /**
   * Precondition of an answer: the latest answer that the author has seen, null for none. If absent, the answer is sent
   * regardless of earlier answers. Not part of the request hash for the idempotency key.
   */
  lastAnswerId?: string | null | undefined
  /** Stored so that the draft of a canceled submission keeps its kind. */
  answerKind?: AnswerKind | undefined
  /** Sender name. Default: the one that the answered message was addressed to, or the mailbox's default. */
  identityId?: IdentityId | undefined
  content: SubmissionContent
  /**
   * Digest of the request whose content was completed by what can change: it is compared instead of texts and
   * attachments when the request is repeated.
   */
  asGiven?: string | undefined
  /** A draft of the author. Its attachments precede those of `content`, and it is deleted. */
  draftId?: DraftId | undefined
  /** Period in milliseconds in which sending can be canceled; no attempt starts before its end. */
  holdMs?: number | undefined
  /** Time chosen for sending, at most a year ahead. Until then it can be canceled; `holdMs` does not apply. */
  sendAt?: Date | undefined
  /** Status that the conversation gets with this answer. */
  thenStatus?: StatusAfterAnswer | undefined
  /** Repeated requests with the same key and account return the same submission. */
  idempotencyKey: string
  /** Author: a user or an API key. */
  submittedBy: string
}

/** An outgoing message. */
export interface Submission {
  id: SubmissionId
  emailAccountId: EmailAccountId
  conversationId: ConversationId | undefined
  /** Our Message-ID without `<>`, fixed at acceptance. */
  messageId: string
  /** Message-ID under which the message was actually sent. Exchange may replace ours. */
  remoteMessageId: string | undefined
  state: SubmissionState
  /**
   * Reason why the submission is waiting, failed or unknown. For a sent message, the reason why its copy in Sent is
   * missing.
   */
  reason: ErrorCode | undefined
  /** The server's reply, verbatim. */
  detail: string | undefined
  attempts: number
  /** Time of the next attempt or search. */
  nextTryAt: Date | undefined
  /** End of the hold; no attempt starts before this time. */
  notBefore: Date | undefined
  /** Time that the author chose for sending. */
  sendAt: Date | undefined
  /** Id of the copy in Sent, once it is filed. */
  sentMessageId: StoredMessageId | undefined
  content: Omit<SubmissionContent, 'attachments'> & { attachments: readonly SubmissionAttachment[] }
  from: Address
  replyTo: readonly Address[]
  inReplyTo: readonly string[]
  references: readonly string[]
  submittedBy: string
  /** True until the start of sending is stored, and after a failure, unless an earlier attempt may have sent it. */
  canCancel: boolean
  /** True for an automatic reply to received mail. */
  isAutomatic: boolean
  createdAt: Date
}

/** A canceled submission, with the draft that contains its content. */
export interface CanceledSubmission extends Submission {
  draftId: DraftId
}

/** An attachment without its bytes, which stay in the table. */
export type SubmissionAttachment = Omit<OutgoingAttachment, 'content'> & { sizeBytes: number }

/** Protocol that a mailbox could send by, which allows larger files than the current one. */
export interface OtherProtocol extends Pick<SendingLimits, 'messageBytes' | 'attachmentBytes'> {
  protocol: 'graph' | 'smtp'
  /** True if the sign-in of the mailbox permits it. Otherwise the change asks for the permission. */
  isPermitted: boolean
}

/** Size limits of the protocol that the account sends by. Available before an upload. */
export interface SendingLimits {
  /** Texts and attachments together, in bytes before base64. */
  messageBytes: number
  /** Maximum size of one attachment. */
  attachmentBytes: number
  /** Text and HTML together. */
  bodyBytes: number
  attachments: number
  recipients: number
}

/** Conditions of a list of submissions; all of them hold for each one. */
export interface SubmissionFilter {
  /** Mailboxes of the conversations, or of submissions without one. */
  emailAccountIds: VisibleAccounts
  conversationId?: ConversationId | undefined
  states?: readonly SubmissionState[] | undefined
  /** Accepted at or after this time. */
  after?: Date | undefined
  /** Accepted before this time. */
  before?: Date | undefined
  /** Message-ID without `<>`: that of Postkey, or that of the copy in Sent. */
  messageId?: string | undefined
  /** An address in To, Cc or Bcc, or a domain with `@` in front. */
  to?: string | undefined
  /** A part of the subject; upper and lower case are equal. */
  subject?: string | undefined
}

export interface SendingTrouble {
  reason: StateReason
  since: Date
}

export interface Submissions {
  /**
   * Accepts a message: checks it, assigns its Message-ID, and stores it with its event. An accepted message is never
   * lost and never sent twice. Throws before storing anything if the message can't be sent.
   */
  submit(request: SubmissionRequest): Promise<Submission>
  /**
   * Returns the submission of an earlier request with the same key.
   *
   * @throws AppError `submission.idempotency_key_reused` if that was another request
   */
  findRepeated(request: SubmissionRequest): Promise<Submission | undefined>
  get(id: SubmissionId): Promise<Submission>
  /** Submissions of a conversation in any state whose copy in Sent is not yet filed, oldest first. */
  listOf(conversationId: ConversationId): Promise<Submission[]>
  /**
   * Id of the latest answer of a conversation, sent by Postkey or another mail program. Precondition for the next
   * answer.
   */
  lastAnswerOf(conversationId: ConversationId): Promise<string | undefined>
  /** Authors of those messages that were submitted here. */
  submittersOf(messageIds: readonly StoredMessageId[]): Promise<ReadonlyMap<StoredMessageId, string>>
  /**
   * Queued, failed and unknown submissions of an account, and sent ones whose missing copy Postkey can store again, newest
   * first.
   */
  listUnsent(emailAccountId: EmailAccountId): Promise<Submission[]>
  /**
   * Queued, failed and unknown submissions without a conversation, newest first, at most 200, except scheduled ones. One
   * statement for all mailboxes.
   */
  listUnsentWithoutConversation(emailAccountIds: VisibleAccounts): Promise<Submission[]>
  /** Mailboxes with unsent mail, and its number by kind. One statement. */
  countUnsentByAccount(emailAccountIds: VisibleAccounts): Promise<UnsentOfAccount[]>
  /**
   * Submissions in any state, the last accepted first. `next` is `cursor` of the following page.
   *
   * @throws AppError `submission.no_such_page`
   */
  list(
    filter: SubmissionFilter,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<{ submissions: Submission[]; next: string | undefined }>
  /** Queued submissions with a chosen time, the next first, at most 200. One statement. */
  listScheduled(emailAccountIds: VisibleAccounts): Promise<Submission[]>
  /** Number of scheduled submissions, at most 1000. */
  countScheduled(emailAccountIds: VisibleAccounts): Promise<number>
  /** Reason why a mailbox can't send until a person acts, with its start. */
  sendingTroubleOf(emailAccountId: EmailAccountId): Promise<SendingTrouble | undefined>
  /** Limits of the send protocol, and of the other protocol of the mailbox if that allows larger files. */
  limitsOf(emailAccountId: EmailAccountId): Promise<SendingLimits & { otherProtocol?: OtherProtocol }>
  /** Throws, naming the limit, if the account can't send these attachments together. */
  checkAttachments(
    emailAccountId: EmailAccountId,
    attachments: readonly { name: string; sizeBytes: number }[],
  ): Promise<void>
  /** Cancels a `queued` submission permanently and stores its content as a draft of the person who cancels. */
  cancel(id: SubmissionId, by: string): Promise<CanceledSubmission>
  /**
   * Sends a `failed` submission again with the same Message-ID, and tries a `queued` one at once unless it is held. For
   * a sent message with a missing copy, stores the copy again, except in a mailbox where Postkey stores no copies.
   */
  retry(id: SubmissionId): Promise<Submission>
  /** Applies a person's decision about an `unknown` submission. */
  decideUnknown(id: SubmissionId, decision: 'was-sent' | 'send-again'): Promise<Submission>
}

/** Sends due submissions in this process. Any number of workers can share a database. */
export interface SendingWorker {
  start(): Promise<void>
  /** Stops as soon as all running work has reached a safe boundary. */
  stop(): Promise<void>
}
