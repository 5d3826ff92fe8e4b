import type { Address } from './address.ts'
import type { Marks } from './marks.ts'

/** What a folder is for (RFC 6154, RFC 8621). A folder that people made has none. */
export type FolderRole = 'inbox' | 'sent' | 'drafts' | 'archive' | 'junk' | 'trash'

/** A folder as the server tells it. `parentRemoteId` is undefined at the top. */
export interface RemoteFolder {
  remoteId: string
  parentRemoteId: string | undefined
  /** From the top down to the folder itself, in the words of the server. */
  path: readonly string[]
  name: string
  role: FolderRole | undefined
  totalCount: number
  unreadCount: number
}

/** `seen answered flagged draft` (RFC 9051 §2.3.2); other keywords are kept as they are. */
export type Flag = string

export interface MessageBody {
  type: 'text' | 'html'
  content: string
}

/** What is known of a message without its attachments. Msg-ids have no `<>`. */
export interface MessageContent {
  messageId: string | undefined
  inReplyTo: readonly string[]
  references: readonly string[]
  /** The server's own idea of a conversation: a hint, because Exchange joins strangers with equal subjects. */
  remoteConversationId: string | undefined
  subject: string
  from: Address | undefined
  sender: Address | undefined
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  replyTo: readonly Address[]
  /** The `Date` field. */
  sentAt: Date | undefined
  /** When the server took it in. */
  receivedAt: Date
  flags: readonly Flag[]
  preview: string
  body: MessageBody
  /** Also when the only ones are images inside the text. */
  hasAttachments: boolean
  /** Header fields that tell an automatic answer and a list (RFC 3834, RFC 2919), as far as the server gave them. */
  headers: readonly { name: string; value: string }[]
}

/** A message as it lies in a folder of the server. */
export interface RemoteMessage extends MessageContent {
  partial: false
  remoteId: string
  folderRemoteId: string
  /** The message as it came (RFC 5322), where reading it meant fetching it: IMAP. Kept when it is given. */
  source?: Uint8Array | undefined
  /** The same by `packSource`, where that is done already. */
  packedSource?: Uint8Array | undefined
  /** Known already, so that nobody has to ask the server: `remoteId` is the part number in the source, such as `2.1`. */
  attachments?: readonly RemoteAttachment[] | undefined
  marks?: Marks | undefined
  /**
   * Id of an earlier version of this message that the server has no more; the message's own where the server keeps the id.
   * Without it, a message that differs from one of the same Message-ID is another message.
   */
  replaces?: string | undefined
}

/**
 * What changed of a message that was told before: only the properties that are here changed. Merge it, never replace
 * by it; when the message is unknown here, fetch it whole.
 *
 * @see https://learn.microsoft.com/graph/delta-query-messages
 */
export interface SparseMessage extends Partial<Omit<MessageContent, 'flags'>> {
  partial: true
  remoteId: string
  folderRemoteId: string
  /** A change of one flag says nothing of the others. */
  /** All of them, where the server tells all: then the other two are empty. */
  flags?: readonly Flag[]
  flagsAdded: readonly Flag[]
  flagsRemoved: readonly Flag[]
}

export interface RemoteAttachment {
  remoteId: string
  name: string
  contentType: string
  sizeBytes: number
  /** Without `<>`; the text may show the attachment by `cid:` and this. */
  contentId: string | undefined
  isInline: boolean
  /** `item` is a message, an event or a contact inside the message; `link` lies in a cloud and has no bytes here. */
  kind: 'file' | 'item' | 'link'
}

export interface OutgoingAttachment {
  name: string
  contentType: string
  /** Without `<>`, when the HTML shows it by `cid:`. */
  contentId?: string | undefined
  isInline: boolean
  content: Buffer
}

/** A message that we write. It is composed once and its Message-ID is fixed from the moment it is accepted. */
export interface OutgoingMessage {
  messageId: string
  sentAt: Date
  from: Address
  sender?: Address | undefined
  replyTo?: readonly Address[]
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  subject: string
  /** At least one of the two; with both, they are alternatives (RFC 2046 §5.1.4). */
  text?: string | undefined
  html?: string | undefined
  inReplyTo: readonly string[]
  references: readonly string[]
  attachments: readonly OutgoingAttachment[]
  /** A program answers by it: no program answers in turn (RFC 3834 §5). */
  isAutomatic?: boolean | undefined
}
