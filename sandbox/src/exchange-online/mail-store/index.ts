/**
 * Mail store: the mailboxes of Exchange Online. Folders, messages, attachments and the log of all changes;
 * Graph and IMAP are views of it and keep no mail of their own.
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
  // Folders. All finders return `undefined` when the thing is not in that mailbox.
  folder(mailboxId: string, idOrWellKnownName: string): Folder | undefined
  wellKnownFolder(mailboxId: string, name: WellKnownFolder): Folder
  /** Directly below the parent, the root when absent, by name; hidden ones are among them. */
  listFolders(mailboxId: string, parentFolderId?: string): Folder[]
  countsOf(folderId: string): FolderCounts
  addFolder(mailboxId: string, parentFolderId: string, displayName: string, options?: { isHidden?: boolean }): Folder
  renameFolder(folderId: string, displayName: string): void
  moveFolder(folderId: string, newParentId: string): void
  /** Removes the folder, its messages and folders below it, for good. */
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
  mime(message: Pick<Message, 'key'>): Promise<Uint8Array>
  /** `withContent: false` leaves the bytes empty, for lists that do not show them. */
  attachments(messageKey: number, options?: { withContent?: boolean }): Attachment[]
  attachment(messageKey: number, attachmentId: string): Attachment | undefined

  // Writing. Each is one transaction that also writes the change log. What is refused throws a MailStoreError.
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
  /**
   * Replaces parts of what is said (of drafts; Graph refuses others). A kept MIME is
   * dropped and composed anew, unless only who writes is changed: then its header says so and the rest stays.
   */
  updateContent(key: number, content: Partial<MessageContent>): Message
  addAttachment(messageKey: number, attachment: AttachmentContent): Attachment
  removeAttachment(messageKey: number, attachmentId: string): void
  /** Removed from one folder, created in the other; the immutable id stays, the REST id does not. */
  move(key: number, folderId: string): Message
  /**
   * A draft has been sent: it goes to `folderId` as read, no draft any more, sent and received then, under the
   * same immutable id and with its MIME unchanged but for the Message-ID.
   */
  markSent(key: number, sent: Sent): Message
  copy(key: number, folderId: string): Message
  /** Told in the change log as an update of nothing that Graph shows. */
  updateMarks(key: number, marks: Partial<ImapMarks>): void
  remove(key: number): void

  // Numbers of IMAP. A message gets a new one whenever it comes to a folder, by whatever road.
  uidState(folderId: string): UidState
  /** Of the whole folder, or of what came after `afterUid`; growing. */
  uidsOf(folderId: string, afterUid?: number): { key: number; uid: number }[]
  imapEntry(key: number): ImapEntry | undefined
  firstUnreadUid(folderId: string): number | undefined
  /** Gives the folder another UIDVALIDITY and all its messages new numbers, from `firstUid` on. */
  renewUids(folderId: string, firstUid?: number): void

  // Change log
  lastSequence(): number
  /**
   * Changes of one folder after `sequence`, oldest first, all or the first `limit`; `undefined` when the log no
   * longer reaches back so far.
   */
  changesSince(folderId: string, sequence: number, limit?: number): Change[] | undefined
  /** Makes all delta links taken at or before `sequence` too old (410 in Graph). */
  forgetChangesUpTo(sequence: number): void
  /**
   * Called after commit, in order, once per change: in the microtask that follows the transaction, so a caller
   * that awaits anything after a write comes later. A listener that throws is reported and does not stop others.
   */
  onChange(listener: (change: Change) => void): void
}

export interface AppendOptions {
  receivedAt?: number
  sentAt?: number
  flags?: Partial<MessageFlags>
  /** What the parts came as; composed of them when absent. */
  mime?: Uint8Array
  /** Reply or forward of this message: joins its conversation and grows its conversationIndex. */
  replyToKey?: number
}

export interface MessageOrder {
  column: MessageColumn
  descending: boolean
}

export interface MessageQuery {
  mailboxId: string
  /** All folders when absent. */
  folderId?: string
  where?: Condition
  orderBy?: readonly MessageOrder[]
  limit: number
  /** Key-set paging: continue after this row of the same ordering; {@link positionOf} its message. */
  after?: (string | number)[]
  skip?: number
  /** `false` leaves body, headers and references empty, for lists that do not show them. */
  withContent?: boolean
}
