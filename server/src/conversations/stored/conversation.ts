import type {
  AttachmentId,
  ConversationId,
  DraftAttachmentId,
  DraftId,
  EmailAccountId,
  IdentityId,
  MessageVersionId,
  NoteId,
  StoredMessageId,
  TagId,
} from '../../kernel/ids.ts'
import type {
  Address,
  Marks,
  MessageBody,
  OutgoingAttachment,
  RemoteAttachment,
  SenderWarning,
} from '../../mail/index.ts'

/** `waiting` for the customer; `snoozed` until a time. Mail from the customer opens each of them. */
export type ConversationStatus = 'open' | 'waiting' | 'snoozed' | 'closed'

/** Outside the inbox, a conversation keeps its status, and only the view of its place shows it. */
export const CONVERSATION_PLACES = ['inbox', 'spam', 'deleted'] as const
export type ConversationPlace = (typeof CONVERSATION_PLACES)[number]

/** Messages that belong together, handled by a team. */
export interface Conversation {
  id: ConversationId
  emailAccountId: EmailAccountId
  subject: string
  status: ConversationStatus
  place: ConversationPlace
  /** Time at which a snoozed conversation opens. */
  snoozedUntil: Date | undefined
  /** The latest message that a person wrote is the customer's. */
  needsReply: boolean
  assigneeId: string | undefined
  /** All participants except the mailbox's own address; at most 100. */
  participants: readonly ListedAddress[]
  preview: string
  unread: boolean
  messageCount: number
  lastMessageAt: Date
  /** Place in lists: the time of the last message, or of the end of its snooze. */
  listedAt: Date
  /** In the order in which they were added; ids of deleted tags among them. */
  tagIds: readonly TagId[]
  /** A message has an attachment other than images inside its text. */
  hasAttachments: boolean
  /** Direction of the latest message. */
  lastDirection: 'in' | 'out'
  createdAt: Date
  /** Conversation that the messages were moved to by a merge. */
  mergedInto: ConversationId | undefined
  /** While it is set, nothing deletes the conversation or its messages. */
  legalHold: LegalHold | undefined
}

/** Characters of a reason. Merged conversations have the reasons of all. */
export const MOST_HOLD_REASON = 10_000

/** `by` is the actor who set it. */
export interface LegalHold {
  reason: string
  by: string
  at: Date
}

/** An address in a list. `isMisleading`: the name contains another address, or the domain imitates another one. */
export type ListedAddress = Address & { isMisleading?: true }

/** A message without its body. */
export type MessageHead = Omit<StoredMessage, 'body'>

export interface StoredMessage {
  id: StoredMessageId
  conversationId: ConversationId
  /** Mailbox of the conversation, which decides who may see the message. */
  emailAccountId: EmailAccountId
  /** Mailbox whose server has it: the one that received or sent it, before its conversation moved. */
  remoteAccountId: EmailAccountId
  /** Last known id on that server, for attachments, replies and the source. */
  remoteId: string
  /** RFC 5322 Message-ID without `<>`. */
  messageId: string | undefined
  inReplyTo: readonly string[]
  references: readonly string[]
  direction: 'in' | 'out'
  subject: string
  from: Address | undefined
  sender: Address | undefined
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  replyTo: readonly Address[]
  sentAt: Date | undefined
  receivedAt: Date
  flags: readonly string[]
  /** Unread in the mailbox; for a person, see `Reads`. */
  unread: boolean
  /** Time at which Postkey stored it. */
  storedAt: Date
  preview: string
  /** Original body. Sanitize HTML before display. */
  body: MessageBody
  hasAttachments: boolean
  /** True if the message was in the mailbox before the mailbox was connected. */
  imported: boolean
  presence: Presence
  /** True if the message is in Junk and in no other synced folder. */
  inJunk: boolean
  marks: Marks
  /** Reasons to distrust the sender of a received message. */
  warnings: readonly SenderWarning[]
  /** An answer with another subject. An agent has yet to keep it or split it off. */
  splitProposed: boolean
  /** Time of the last content replacement by the server. Earlier contents are stored as versions. */
  contentReplacedAt: Date | undefined
}

/** Earlier content of a message that the server replaced. */
export interface MessageVersion {
  id: MessageVersionId
  /** Time at which the replacement was detected. */
  replacedAt: Date
  preview: string
  hasAttachments: boolean
  /** Undefined if never listed. */
  attachments: readonly RemoteAttachment[] | undefined
}

/**
 * Presence of a message on the server: in a synchronized folder, elsewhere, or deleted. `unconfirmed`: it left a folder and
 * was not looked up yet.
 */
export type Presence = 'present' | 'unconfirmed' | 'elsewhere' | 'gone'

/** Folder of a message that lies in Junk or Deleted Items alone. */
export type DiscardedTo = 'junk' | 'trash'

export interface Note {
  id: NoteId
  conversationId: ConversationId
  authorId: string
  body: string
  /** Ids of the people whom it mentions. */
  mentions: readonly string[]
  createdAt: Date
}

/** An unsent message. `version` grows with each save of the content. */
export interface Draft {
  id: DraftId
  emailAccountId: EmailAccountId
  conversationId: ConversationId | undefined
  authorId: string
  content: DraftContent
  attachments: readonly DraftAttachment[]
  version: number
  updatedAt: Date
}

/** An attachment of a draft without its bytes. */
export type DraftAttachment = Omit<OutgoingAttachment, 'content'> & { id: DraftAttachmentId; sizeBytes: number }

export type AnswerKind = 'reply' | 'reply-all' | 'forward'

export interface DraftContent {
  inReplyTo?: StoredMessageId | undefined
  answerKind?: AnswerKind | undefined
  /** Sender name of the draft. */
  identityId?: IdentityId | undefined
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  subject: string
  text?: string | undefined
  html?: string | undefined
}

export interface StoredAttachment extends RemoteAttachment {
  id: AttachmentId
  messageId: StoredMessageId
}
