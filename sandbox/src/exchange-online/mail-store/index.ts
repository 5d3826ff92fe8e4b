/**
 * Mail store: the mailboxes of Exchange Online. Stores folders, messages, attachments and the log of all changes. Graph
 * and IMAP are views of it and store no mail themselves.
 *
 * Tables: folders, messages, message_contents, message_mimes, attachments, attachment_contents, folder_uids,
 * message_uids, mail_changes.
 */
import type { Condition, MessageColumn } from './condition.ts'
import type { Sent } from './message-writer.ts'
import type {
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
import type { ImapEntry, ImapMarks, UidState } from './uids.ts'

export * from './mail-objects.ts'
export type { Condition, MessageColumn, TextColumn } from './condition.ts'
export { createMailStore, type MailStoreDependencies } from './mail-store.ts'
export { MailStoreError, type MailStoreRefusal } from './mail-store-error.ts'
export { positionOf } from './message-query.ts'
export { type BulkOptions, seedBulk } from './seed-bulk.ts'
export { seedMail } from './seed-mail.ts'
export type { Sent } from './message-writer.ts'
export { type ImapEntry, type ImapMarks, LARGEST_UID, type UidState } from './uids.ts'

export interface MailStore {
  // Folders. All finders return `undefined` when the object is not in that mailbox.
  folder(mailboxId: string, idOrWellKnownName: string): Folder | undefined
  wellKnownFolder(mailboxId: string, name: WellKnownFolder): Folder
  /** Direct children of the parent (default: the root) by name, including hidden ones. */
  listFolders(mailboxId: string, parentFolderId?: string): Folder[]
  countsOf(folderId: string): FolderCounts
  addFolder(mailboxId: string, parentFolderId: string, displayName: string, options?: { isHidden?: boolean }): Folder
  renameFolder(folderId: string, displayName: string): void
  moveFolder(folderId: string, newParentId: string): void
  /** Permanently removes the folder, its messages and its subfolders. */
  removeFolder(folderId: string): void

  // Reading.
  /** Finds a message by immutable or current REST id. */
  message(mailboxId: string, id: string): Message | undefined
  messageByKey(key: number): Message | undefined
  /** Finds messages by Message-ID with angle brackets; a mailbox can contain several copies. */
  messagesByInternetMessageId(mailboxId: string, internetMessageId: string): Message[]
  listMessages(query: MessageQuery): Message[]
  countMessages(query: Pick<MessageQuery, 'mailboxId' | 'folderId' | 'where'>): number
  /** The original MIME, or MIME composed from the message's parts. */
  mime(message: Pick<Message, 'key'>): Promise<Uint8Array>
  /** `withContent: false` leaves the bytes empty, for lists without content. */
  attachments(messageKey: number, options?: { withContent?: boolean }): Attachment[]
  attachment(messageKey: number, attachmentId: string): Attachment | undefined

  // Writing. Each call is one transaction that also writes the change log. Refusals throw a MailStoreError.
  /** Stores a message received as MIME: delivered by the transport, appended by IMAP, or a MIME draft from Graph. */
  appendMime(mailboxId: string, folderId: string, mime: Uint8Array, options?: AppendOptions): Promise<Message>
  /** Stores a message given as parts: a draft from Graph, or sample mail. */
  append(
    mailboxId: string,
    folderId: string,
    content: MessageContent,
    attachments: AttachmentContent[],
    options?: AppendOptions,
  ): Message
  updateFlags(key: number, flags: Partial<MessageFlags>): Message
  /**
   * Replaces parts of the content (of drafts; Graph refuses others). Stored MIME is dropped and composed from the new
   * content. If only the author changes, just its header fields are replaced.
   */
  updateContent(key: number, content: Partial<MessageContent>): Message
  addAttachment(messageKey: number, attachment: AttachmentContent): Attachment
  removeAttachment(messageKey: number, attachmentId: string): void
  /**
   * Moves a message: a removal in one folder and a creation in the other. The immutable id stays the same, the REST id
   * changes.
   */
  move(key: number, folderId: string): Message
  /**
   * Marks a draft as sent: moves it to `folderId` as read and no longer a draft, with sent and received time. It keeps
   * its immutable id, and its MIME except for the Message-ID.
   */
  markSent(key: number, sent: Sent): Message
  copy(key: number, folderId: string): Message
  /** Recorded in the change log as an update without Graph properties. */
  updateMarks(key: number, marks: Partial<ImapMarks>): void
  remove(key: number): void

  // IMAP UIDs. A message gets a new one whenever it enters a folder, by any protocol.
  uidState(folderId: string): UidState
  /** UIDs of the whole folder, or of messages after `afterUid`; ascending. */
  uidsOf(folderId: string, afterUid?: number): { key: number; uid: number }[]
  imapEntry(key: number): ImapEntry | undefined
  firstUnreadUid(folderId: string): number | undefined
  /** Gives the folder a new UIDVALIDITY and all its messages new UIDs, starting at `firstUid`. */
  renewUids(folderId: string, firstUid?: number): void

  // Change log.
  lastSequence(): number
  /**
   * Changes of one folder after `sequence`, oldest first, all or the first `limit`; `undefined` when the log no longer
   * goes back that far.
   */
  changesSince(folderId: string, sequence: number, limit?: number): Change[] | undefined
  /** Makes all delta links created at or before `sequence` too old (410 in Graph). */
  forgetChangesUpTo(sequence: number): void
  /**
   * Registers a listener, called after the commit, in order, once per change. The call happens in the microtask after
   * the transaction, so code that awaits anything after a write runs later. A listener that throws is reported and does
   * not stop others.
   */
  onChange(listener: (change: Change) => void): void
}

export interface AppendOptions {
  receivedAt?: number
  sentAt?: number
  flags?: Partial<MessageFlags>
  /** The original MIME; composed from the parts when missing. */
  mime?: Uint8Array
  /**
   * Key of the message that this one replies to or forwards: joins its conversation and extends its conversationIndex.
   */
  replyToKey?: number
}

export interface MessageOrder {
  column: MessageColumn
  descending: boolean
}

export interface MessageQuery {
  mailboxId: string
  /** `undefined` for all folders. */
  folderId?: string
  where?: Condition
  orderBy?: readonly MessageOrder[]
  limit: number
  /** Key-set paging: continues after this row in the same order; {@link positionOf} returns it for a message. */
  after?: (string | number)[]
  skip?: number
  /** `false` leaves body, headers and references empty, for lists without content. */
  withContent?: boolean
}
