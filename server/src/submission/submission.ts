import type { AnswerKind } from '../conversations/index.ts'
import type { ErrorWords, ErrorCode } from '../kernel/errors.ts'
import type {
  ConversationId,
  DraftId,
  EmailAccountId,
  IdentityId,
  StoredMessageId,
  SubmissionId,
} from '../kernel/ids.ts'
import type { Address, OutgoingAttachment } from '../mail/index.ts'

/**
 * - `queued`: waits for its turn, or for what `reason` names; can still be canceled.
 * - `sending`: a worker is at it, or it is not yet clear what became of an attempt.
 * - `handed-over`: the server took it; its copy in Sent has not shown itself yet. `reason`: why it could not be stored.
 * - `sent`: the copy in Sent was found, or a person who looked said so. With a `reason` the copy is missing.
 * - `unknown`: it may have gone out and may not; a person decides, nothing is sent again by itself.
 * - `failed`: the server refused it; the text is kept and can be sent again.
 * - `canceled`: taken back before it went out; what was written is a draft again.
 */
export type SubmissionState = 'queued' | 'sending' | 'handed-over' | 'sent' | 'unknown' | 'failed' | 'canceled'

/** What a person wrote. At least one of `text` and `html`; with both, they are alternatives (RFC 2046 §5.1.4). */
export interface SubmissionContent {
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  subject: string
  text?: string | undefined
  html?: string | undefined
  attachments: readonly OutgoingAttachment[]
}

export interface SubmissionRequest {
  emailAccountId: EmailAccountId
  /** The conversation that it answers; without one a new conversation begins with it. */
  conversationId?: ConversationId | undefined
  /** The message that it answers; without one, the latest of the conversation. */
  replyToMessageId?: StoredMessageId | undefined
  /**
   * Precondition of an answer: the latest answer that the writer has seen, null for none. Absent, it is sent
   * whatever was sent before. No part of what the idempotency key stands for.
   */
  lastAnswerId?: string | null | undefined
  /** Kept, so that the draft of a canceled submission is again what it was. */
  answerKind?: AnswerKind | undefined
  /** In which name it goes out; without one, in that to which it was written, or the default. */
  identityId?: IdentityId | undefined
  content: SubmissionContent
  /** A draft of whoever submits: its attachments go out before those of `content`, and it is deleted. */
  draftId?: DraftId | undefined
  /** So long it can be taken back for certain: nothing is handed over before. */
  holdMs?: number | undefined
  /** The same key of the same account is the same submission, however often it is asked for. */
  idempotencyKey: string
  /** Who wrote it: a user or an API key. */
  submittedBy: string
}

/** A message on its way out. */
export interface Submission {
  id: SubmissionId
  emailAccountId: EmailAccountId
  conversationId: ConversationId | undefined
  /** Without `<>`. Ours, fixed from the moment the message was accepted. */
  messageId: string
  /** The one that it really went out with: Exchange may replace ours. */
  remoteMessageId: string | undefined
  state: SubmissionState
  /** Why it waits, failed or is unknown; of a sent message, why its copy in Sent is missing. */
  reason: ErrorCode | undefined
  /** What the server said of it, in its own words. */
  detail: string | undefined
  attempts: number
  /** When it is tried, or looked for, again. */
  nextTryAt: Date | undefined
  /** While it is held: nothing is handed over before. */
  notBefore: Date | undefined
  /** Its copy in Sent, once it is among our messages. */
  sentMessageId: StoredMessageId | undefined
  content: Omit<SubmissionContent, 'attachments'> & { attachments: readonly SubmissionAttachment[] }
  from: Address
  replyTo: readonly Address[]
  inReplyTo: readonly string[]
  references: readonly string[]
  submittedBy: string
  /** Nobody wrote it: it acknowledges what was received. */
  isAutomatic: boolean
  createdAt: Date
}

/** One that was taken back, and the draft of whoever did it, in which what was written goes on. */
export interface CanceledSubmission extends Submission {
  draftId: DraftId
}

/** The bytes stay in the table. */
export type SubmissionAttachment = Omit<OutgoingAttachment, 'content'> & { sizeBytes: number }

/** What a message may weigh on the road by which its account sends; known before anything is uploaded. */
export interface SendingLimits {
  /** Texts and attachments together, as they are (before base64). */
  messageBytes: number
  /** One attachment. */
  attachmentBytes: number
  /** Text and HTML together. */
  bodyBytes: number
  attachments: number
  recipients: number
}

export interface SendingTrouble {
  reason: ErrorWords & { code: ErrorCode }
  since: Date
}

export interface Submissions {
  /**
   * Accepts a message: checked, with its Message-ID, stored together with its event. From here on it is never lost and
   * never sent twice. Throws before anything is stored when it could not be sent.
   */
  submit(request: SubmissionRequest): Promise<Submission>
  get(id: SubmissionId): Promise<Submission>
  /** Oldest first: those whose copy in Sent is not yet among the messages of the conversation, however they stand. */
  listOf(conversationId: ConversationId): Promise<Submission[]>
  /** The latest answer of a conversation, from here or from another mail program: a precondition of the next one. */
  lastAnswerOf(conversationId: ConversationId): Promise<string | undefined>
  /** Who submitted those of these messages that were sent from here. */
  submittersOf(messageIds: readonly StoredMessageId[]): Promise<ReadonlyMap<StoredMessageId, string>>
  /**
   * Queued, failed and unknown submissions of an account, and sent ones whose missing copy Postkey can store again, newest
   * first.
   */
  listUnsent(emailAccountId: EmailAccountId): Promise<Submission[]>
  /** Why a mailbox cannot send until a person acts, and since when. */
  sendingTroubleOf(emailAccountId: EmailAccountId): Promise<SendingTrouble | undefined>
  limitsOf(emailAccountId: EmailAccountId): Promise<SendingLimits>
  /** Throws, naming the limit, when these together could not be sent from the account. */
  checkAttachments(
    emailAccountId: EmailAccountId,
    attachments: readonly { name: string; sizeBytes: number }[],
  ): Promise<void>
  /** Takes back what is `queued`, for good: what was written becomes a draft of whoever takes it back. */
  cancel(id: SubmissionId, by: string): Promise<CanceledSubmission>
  /**
   * Sends again what `failed`, with the same Message-ID; what is `queued` and not held is tried at once. Of a sent message
   * whose copy is missing it stores the copy again, except in a mailbox in which Postkey stores no copies.
   */
  retry(id: SubmissionId): Promise<Submission>
  /** A person looked into the mailbox and says what became of an `unknown` one. */
  decideUnknown(id: SubmissionId, decision: 'was-sent' | 'send-again'): Promise<Submission>
}

/** Sends what is due, in this process. Any number of them may run on one database. */
export interface SendingWorker {
  start(): Promise<void>
  /** Ends once what was begun is at a boundary. */
  stop(): Promise<void>
}
