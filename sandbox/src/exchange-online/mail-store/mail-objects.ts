/** Exchange's model of mail, shared by Graph, IMAP and SMTP. Times are milliseconds since the epoch. */
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
  /** Constant for the lifetime of the folder; opaque and case-sensitive, in Exchange's format. */
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

/** Mutable state of a message, separate from its content. */
export interface MessageFlags {
  isRead: boolean
  isDraft: boolean
  flagStatus: 'notFlagged' | 'flagged' | 'complete'
  categories: string[]
  inferenceClassification: 'focused' | 'other'
}

export interface Message extends MessageContent, MessageFlags {
  /** Internal key, never sent to clients: grows with arrival, unique across all mailboxes. */
  key: number
  mailboxId: string
  folderId: string
  /** Constant for the lifetime of the message in this mailbox. */
  immutableId: string
  /** Graph's default id; changes with each move. */
  restId: string
  /** Changes with every update; Graph's `changeKey` and etag. */
  changeKey: string
  conversationId: string
  /** MAPI's conversation index: 22 bytes, 5 more for each reply. */
  conversationIndex: Uint8Array
  createdAt: number
  lastModifiedAt: number
  receivedAt: number
  bodyPreview: string
  /** True if there is an attachment that is not inline. */
  hasAttachments: boolean
  /** Exchange's estimate, not the exact size of the MIME. */
  sizeBytes: number
  /** True when the original MIME is stored; otherwise it is composed on demand. */
  hasMime: boolean
}

/** One entry of the change log, the source of delta, notifications and IDLE. */
export interface Change {
  /** Grows with every change in any mailbox. */
  sequence: number
  mailboxId: string
  folderId: string
  messageKey: number
  immutableId: string
  /** Id of the message in this folder. */
  restId: string
  kind: 'created' | 'updated' | 'removed'
  /** Graph names of the changed properties, for sparse delta items: `isRead`, `flag`, `categories`, `body`… */
  properties: string[]
}
