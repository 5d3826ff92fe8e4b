/**
 * Mail store: the mailboxes of Exchange Online. Folders, messages, attachments and the log of all changes;
 * Graph (and later IMAP and SMTP) are views of it and keep no mail of their own.
 *
 * Tables: folders, messages, attachments, mail_changes.
 */
import type { Condition } from './condition.ts'
import type {
  Address,
  Attachment,
  AttachmentContent,
  Change,
  Folder,
  FolderCounts,
  Message,
  MessageContent,
  MessageFlags,
  WellKnownFolder,
} from './mail-objects.ts'

export * from './mail-objects.ts'
export type { Condition, MessageColumn, TextColumn } from './condition.ts'

export interface MailStore {
  // Folders. All finders return `undefined` when the thing is not in that mailbox.
  folder(mailboxId: string, idOrWellKnownName: string): Folder | undefined
  wellKnownFolder(mailboxId: string, name: WellKnownFolder): Folder
  listFolders(mailboxId: string, parentFolderId?: string): Folder[]
  countsOf(folderId: string): FolderCounts
  addFolder(mailboxId: string, parentFolderId: string, displayName: string, options?: { isHidden?: boolean }): Folder
  renameFolder(folderId: string, displayName: string): void
  moveFolder(folderId: string, newParentId: string): void
  /** Removes the folder, its messages and folders below it. */
  removeFolder(folderId: string): void

  // Reading
  /** By immutable or by current REST id. */
  message(mailboxId: string, id: string): Message | undefined
  messageByKey(key: number): Message | undefined
  /** By Message-ID with angle brackets; several copies may exist in one mailbox. */
  messagesByInternetMessageId(mailboxId: string, internetMessageId: string): Message[]
  listMessages(query: MessageQuery): Message[]
  countMessages(query: Pick<MessageQuery, 'mailboxId' | 'folderId' | 'where'>): number
  /** The original MIME, or MIME composed of the message's parts. */
  mime(message: Message): Promise<Uint8Array>
  attachments(messageKey: number): Attachment[]
  attachment(messageKey: number, attachmentId: string): Attachment | undefined

  // Writing. Each is one transaction that also writes the change log.
  /** Stores what arrived as MIME (as the transport delivers it, IMAP appends it, or Graph receives a MIME draft). */
  appendMime(mailboxId: string, folderId: string, mime: Uint8Array, options?: AppendOptions): Promise<Message>
  /** Stores what was written as parts: a draft of Graph, or seeded mail. */
  append(
    mailboxId: string,
    folderId: string,
    content: MessageContent,
    attachments: AttachmentContent[],
    options?: AppendOptions,
  ): Message
  updateFlags(key: number, flags: Partial<MessageFlags>): Message
  /** Drafts only: replaces parts of what is said. A kept MIME is dropped and composed anew. */
  updateContent(key: number, content: Partial<MessageContent>): Message
  addAttachment(messageKey: number, attachment: AttachmentContent): Attachment
  removeAttachment(messageKey: number, attachmentId: string): void
  /** Removed from one folder, created in the other; the immutable id stays, the REST id does not. */
  move(key: number, folderId: string): Message
  copy(key: number, folderId: string): Message
  remove(key: number): void

  // Change log
  lastSequence(): number
  /** Changes of one folder after `sequence`, oldest first; `undefined` when the log no longer reaches back so far. */
  changesSince(folderId: string, sequence: number): Change[] | undefined
  /** Called after commit, in order, once per change. */
  onChange(listener: (change: Change) => void): void
}

export interface AppendOptions {
  receivedAt?: number
  sentAt?: number
  flags?: Partial<MessageFlags>
  /** Reply or forward of this message: joins its conversation and grows its conversationIndex. */
  replyToKey?: number
}

export interface MessageQuery {
  mailboxId: string
  /** All folders when absent. */
  folderId?: string
  where?: Condition
  orderBy?: {
    column: 'received_at' | 'sent_at' | 'created_at' | 'last_modified_at' | 'subject' | 'key'
    descending: boolean
  }[]
  limit: number
  /** Key-set paging: continue after this row of the same ordering (its order values, then its key). */
  after?: (string | number)[]
  skip?: number
  /** `false` leaves body, headers and references empty, for lists that do not show them. */
  withContent?: boolean
}

export type { Address }
