/** Mail as Exchange keeps it, one model under Graph, IMAP and SMTP. Times are milliseconds since the epoch. */
import type { AttachmentContent, MessageContent } from '../mime/index.ts'

export type { Address, AttachmentContent, AttachmentKind, Body, Header, MessageContent } from '../mime/index.ts'

/** Graph's names for folders that every mailbox has. @see https://learn.microsoft.com/graph/api/resources/mailfolder */
export const WELL_KNOWN_FOLDERS = [
  'msgfolderroot',
  'inbox',
  'drafts',
  'sentitems',
  'deleteditems',
  'junkemail',
  'archive',
  'outbox',
  'conversationhistory',
  'recoverableitemsdeletions',
] as const
export type WellKnownFolder = (typeof WELL_KNOWN_FOLDERS)[number]

export interface Folder {
  /** Constant for the folder's life; looks like Exchange's, opaque, case-sensitive. */
  id: string
  mailboxId: string
  parentFolderId: string | undefined
  wellKnownName: WellKnownFolder | undefined
  displayName: string
  isHidden: boolean
}

export interface FolderCounts {
  totalItemCount: number
  unreadItemCount: number
  childFolderCount: number
}

export interface Attachment extends AttachmentContent {
  id: string
  messageKey: number
  sizeBytes: number
  lastModifiedAt: number
}

/** Properties that change without the message being another one. */
export interface MessageFlags {
  isRead: boolean
  isDraft: boolean
  flagStatus: 'notFlagged' | 'flagged' | 'complete'
  categories: string[]
  inferenceClassification: 'focused' | 'other'
}

export interface Message extends MessageContent, MessageFlags {
  /** Ours, never shown on the wire: grows with arrival, unique over all mailboxes. */
  key: number
  mailboxId: string
  folderId: string
  /** Kept for the life of the message in this mailbox. */
  immutableId: string
  /** Graph's default id: another one after each move. */
  restId: string
  /** Changes with every change; Graph's `changeKey` and etag. */
  changeKey: string
  conversationId: string
  /** MAPI's: 22 bytes, 5 more for each reply. */
  conversationIndex: Uint8Array
  createdAt: number
  lastModifiedAt: number
  receivedAt: number
  bodyPreview: string
  /** Not counting inline ones. */
  hasAttachments: boolean
  /** Exchange's estimate, not the exact size of the MIME. */
  sizeBytes: number
  /** `true` when the original MIME is kept; else it is composed on demand. */
  hasMime: boolean
}

/** One entry of the change log, from which delta, notifications and IDLE are told. */
export interface Change {
  /** Grows with every change in any mailbox. */
  sequence: number
  mailboxId: string
  folderId: string
  messageKey: number
  immutableId: string
  /** The id the message had in this folder. */
  restId: string
  kind: 'created' | 'updated' | 'removed'
  /** Graph names of what an update touched, for sparse delta items: `isRead`, `flag`, `categories`, `body`… */
  properties: string[]
}
