import type { Address } from './address.ts'
import type { Marks } from './marks.ts'

/** Purpose of a folder (RFC 6154, RFC 8621). A folder created by a user has none. */
export type FolderRole = 'inbox' | 'sent' | 'drafts' | 'archive' | 'junk' | 'trash'

/** Folder as reported by the server. `parentRemoteId` is undefined at the top. */
export interface RemoteFolder {
  remoteId: string
  parentRemoteId: string | undefined
  /** Names from the top folder down to the folder itself, as reported by the server. */
  path: readonly string[]
  name: string
  role: FolderRole | undefined
  totalCount: number
  unreadCount: number
}

/** `seen answered flagged draft` (RFC 9051 §2.3.2); other keywords are kept unchanged. */
export type Flag = string

export interface MessageBody {
  type: 'text' | 'html'
  content: string
}

/** Data of a message without its attachments. Msg-ids have no `<>`. */
export interface MessageContent {
  messageId: string | undefined
  inReplyTo: readonly string[]
  references: readonly string[]
  /** The server's conversation id: only a hint, because Exchange merges unrelated messages with equal subjects. */
  remoteConversationId: string | undefined
  subject: string
  from: Address | undefined
  sender: Address | undefined
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  replyTo: readonly Address[]
  /** Time of the `Date` field. */
  sentAt: Date | undefined
  /** Time at which the server received it. */
  receivedAt: Date
  flags: readonly Flag[]
  preview: string
  body: MessageBody
  /** Also true when the only attachments are images inside the text. */
  hasAttachments: boolean
  /** False when the only attachments are images inside the text. Absent if the server did not say. */
  hasFiles?: boolean | undefined
  /** Header fields that identify automatic replies and lists (RFC 3834, RFC 2919), if the server provided them. */
  headers: readonly { name: string; value: string }[]
}

/** Message in a folder of the server. */
export interface RemoteMessage extends MessageContent {
  partial: false
  remoteId: string
  folderRemoteId: string
  /** Original source (RFC 5322), when reading the message included it: IMAP. Stored when present. */
  source?: Uint8Array | undefined
  /** The same source packed by `packSource`, when already done. */
  packedSource?: Uint8Array | undefined
  /**
   * Attachments that are already known, which saves a request. `remoteId` is the part number in the source, such as
   * `2.1`.
   */
  attachments?: readonly RemoteAttachment[] | undefined
  marks?: Marks | undefined
  /**
   * Id of an earlier version of this message that the server no longer has; the message's own id if the server keeps
   * it. Without it, a message that differs from one with the same Message-ID is a separate message.
   */
  replaces?: string | undefined
}

/**
 * Changes of a message that was reported before: only the present properties changed. Merge it and never replace the
 * stored message with it. If the message isn't stored, fetch it whole.
 *
 * @see https://learn.microsoft.com/graph/delta-query-messages
 */
export interface SparseMessage extends Partial<Omit<MessageContent, 'flags'>> {
  partial: true
  remoteId: string
  folderRemoteId: string
  /** Changes of single flags; the other flags stay unchanged. */
  /** All flags, when the server reports all; the other two lists are empty then. */
  flags?: readonly Flag[]
  flagsAdded: readonly Flag[]
  flagsRemoved: readonly Flag[]
}

export interface RemoteAttachment {
  remoteId: string
  name: string
  contentType: string
  sizeBytes: number
  /** Content-ID without `<>`; the text may show the attachment by a `cid:` URL with it. */
  contentId: string | undefined
  isInline: boolean
  /**
   * `item` is a message, an event or a contact inside the message. `link` refers to a file in a cloud, without content
   * here.
   */
  kind: 'file' | 'item' | 'link'
}

export interface OutgoingAttachment {
  name: string
  contentType: string
  /** Content-ID without `<>`, when the HTML shows the attachment by `cid:`. */
  contentId?: string | undefined
  isInline: boolean
  content: Buffer
}

/** Message written in Postkey. It is composed once, and its Message-ID is fixed when it is accepted. */
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
  /** Text body. At least one of text and HTML is required; with both, they are alternatives (RFC 2046 §5.1.4). */
  text?: string | undefined
  html?: string | undefined
  inReplyTo: readonly string[]
  references: readonly string[]
  attachments: readonly OutgoingAttachment[]
  /** True for an automatic reply of a program, so that other programs don't reply to it (RFC 3834 §5). */
  isAutomatic?: boolean | undefined
  /** True for a message that a program wrote by itself, such as a digest, so that other programs don't reply to it. */
  isGenerated?: boolean | undefined
  /** Further header fields, each `X-…`. */
  headers?: Readonly<Record<string, string>> | undefined
}
