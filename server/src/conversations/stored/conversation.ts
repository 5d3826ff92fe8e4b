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
} from '../../kernel/ids.ts'
import type {
  Address,
  Marks,
  MessageBody,
  OutgoingAttachment,
  RemoteAttachment,
  SenderWarning,
} from '../../mail/index.ts'

/** Messages that belong together, worked by a team. */
export interface Conversation {
  id: ConversationId
  emailAccountId: EmailAccountId
  subject: string
  status: 'open' | 'closed'
  assigneeId: string | undefined
  /** Everybody who took part, without the account's own address; at most a hundred. */
  participants: readonly ListedAddress[]
  preview: string
  unread: boolean
  messageCount: number
  lastMessageAt: Date
  createdAt: Date
  /** Its messages are in that one now. */
  mergedInto: ConversationId | undefined
}

/** `isMisleading`: the name shows another address, or the domain can pass for another one. */
export type ListedAddress = Address & { isMisleading?: true }

/** A message without its body. */
export type MessageHead = Omit<StoredMessage, 'body'>

export interface StoredMessage {
  id: StoredMessageId
  conversationId: ConversationId
  emailAccountId: EmailAccountId
  /** Last known id on the server, for attachments, replies and the source. */
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
  unread: boolean
  preview: string
  /** As it came: sanitize HTML before it is shown. */
  body: MessageBody
  hasAttachments: boolean
  /** It was in the mailbox before the mailbox was connected. */
  imported: boolean
  presence: Presence
  /** It lies in Junk, and in no other folder that we look at. */
  inJunk: boolean
  marks: Marks
  /** Reasons to doubt the sender, of a message that came in. */
  warnings: readonly SenderWarning[]
  /** An answer with another subject. An agent has yet to keep it or split it off. */
  splitProposed: boolean
  /** When the server last replaced its content; earlier ones are its versions. */
  contentReplacedAt: Date | undefined
}

/** Content of a message before the server replaced it. */
export interface MessageVersion {
  id: MessageVersionId
  /** When it was found to be replaced. */
  replacedAt: Date
  preview: string
  hasAttachments: boolean
  /** Undefined where they were never listed. */
  attachments: readonly RemoteAttachment[] | undefined
}

/**
 * Presence of a message on the server: in a synchronized folder, elsewhere, or deleted. `unconfirmed`: it left a folder and
 * was not looked up yet.
 */
export type Presence = 'present' | 'unconfirmed' | 'elsewhere' | 'gone'

export interface Note {
  id: NoteId
  conversationId: ConversationId
  authorId: string
  body: string
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

/** Without its bytes. */
export type DraftAttachment = Omit<OutgoingAttachment, 'content'> & { id: DraftAttachmentId; sizeBytes: number }

export type AnswerKind = 'reply' | 'reply-all' | 'forward'

export interface DraftContent {
  inReplyTo?: StoredMessageId | undefined
  answerKind?: AnswerKind | undefined
  /** In which name of the mailbox it is written. */
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
