import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Directory } from '../../tenants/index.ts'
import { composeMime, parseMime } from '../mime/index.ts'
import { createAttachments } from './attachments.ts'
import { createChangeLog } from './change-log.ts'
import { guidOfFirst } from './conversation-index.ts'
import { createFolders } from './folders.ts'
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
import { MailStoreError } from './mail-store-error.ts'
import { countMessages, findByMessageId, findMessage, listMessages, type MessageQuery } from './message-query.ts'
import { type AppendOptions, createMessageWriter, type Sent } from './message-writer.ts'
import { TABLES } from './tables.ts'
import { createUids, type ImapEntry, type ImapMarks, type UidState } from './uids.ts'

/** @see https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits */
const LARGEST_RECEIVED_BYTES = 36 * 1024 * 1024

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
  /** Copies a folder with its messages and descendants. The copy of a well-known folder is an ordinary one. */
  copyFolder(folderId: string, newParentId: string): Folder
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

export interface MailStoreDependencies {
  database: Database
  clock: Clock
  directory: Directory
  /** Receives errors of change listeners; the store and the other listeners continue. */
  report?: (error: unknown) => void
}

export function createMailStore({ database, clock, directory, report = warn }: MailStoreDependencies): MailStore {
  database.addTables(TABLES)
  const folders = createFolders(database, directory)
  const attachments = createAttachments(database)
  const log = createChangeLog(database, report)
  const uids = createUids(database)
  const writer = createMessageWriter({ database, clock, folders, attachments, log, uids })

  return {
    folder: folders.find,
    wellKnownFolder: folders.wellKnown,
    listFolders: folders.list,
    countsOf: folders.countsOf,
    addFolder: (mailboxId, parentFolderId, displayName, options = {}) =>
      folders.add(mailboxId, parentFolderId, displayName, options.isHidden ?? false),
    renameFolder: folders.rename,
    moveFolder: folders.move,
    copyFolder(folderId, newParentId) {
      return database.transaction(() => {
        const copies = folders.copy(folderId, newParentId)
        for (const [from, to] of copies) {
          for (const { key } of uids.list(from.id)) writer.copy(key, to.id)
        }
        return copies[0]![1]
      })
    },
    removeFolder(folderId) {
      database.transaction(() => {
        const all = folders.subtree(folders.get(folderId).id)
        if (all.some((id) => folders.get(id).wellKnownName)) {
          throw new MailStoreError('folder-well-known', 'Distinguished folders stay as they are.')
        }
        for (const id of all.toReversed()) {
          writer.removeAllIn(id)
          folders.remove(id)
          uids.forget(id)
        }
      })
    },

    message(mailboxId, id) {
      const message = findMessage(database, 'rest_id', id) ?? findMessage(database, 'immutable_id', id)
      return message?.mailboxId === mailboxId ? message : undefined
    },
    messageByKey: (key) => findMessage(database, 'key', key),
    messagesByInternetMessageId: (mailboxId, id) => findByMessageId(database, mailboxId, id),
    listMessages: (query) => listMessages(database, query),
    countMessages: (query) => countMessages(database, query),
    async mime({ key }) {
      const kept = database.get<{ mime: Uint8Array }>('SELECT mime FROM message_mimes WHERE message_key = ?', key)
      if (kept) return kept.mime
      const message = findMessage(database, 'key', key)
      if (!message) throw new MailStoreError('not-found', 'no such message')
      const { conversationIndex } = message
      return composeMime(message, attachments.list(key, true), { conversationIndex, keepBcc: true })
    },
    attachments: (messageKey, options = {}) => attachments.list(messageKey, options.withContent ?? true),
    attachment: attachments.find,

    async appendMime(mailboxId, folderId, mime, options = {}) {
      if (mime.byteLength > LARGEST_RECEIVED_BYTES) {
        throw new MailStoreError('message-too-large', 'a message of at most 36 MB')
      }
      const { content, attachments: files, threadIndex } = await parseMime(mime)
      const receivedAt = options.receivedAt ?? clock.now().getTime()
      const internetMessageId = content.internetMessageId ?? messageIdFor(mime, receivedAt)
      return writer.create({
        mailboxId,
        folderId,
        content: { ...content, internetMessageId, sentAt: content.sentAt ?? receivedAt },
        // Exchange keeps the first 250 and never bounces a message because of the rest.
        attachments: files.slice(0, 250),
        mime,
        threadIndex,
        options: { ...options, receivedAt },
      })
    },
    append: (mailboxId, folderId, content, files, options = {}) =>
      writer.create({
        mailboxId,
        folderId,
        content,
        attachments: files,
        ...(options.mime && { mime: options.mime }),
        options,
      }),
    updateFlags: writer.updateFlags,
    updateContent: writer.updateContent,
    addAttachment: writer.addAttachment,
    removeAttachment: writer.removeAttachment,
    move: (key, folderId) => writer.move(key, folderId),
    updateMarks: writer.updateMarks,
    markSent: writer.markSent,
    copy: writer.copy,
    remove: writer.remove,

    uidState: uids.state,
    uidsOf: uids.list,
    imapEntry: uids.entry,
    firstUnreadUid: uids.firstUnread,
    renewUids: (folderId, firstUid = 1) => uids.renew(folderId, clock.now().getTime(), firstUid),

    lastSequence: () => log.lastSequence(),
    changesSince: (folderId, sequence, limit) => log.changesSince(folderId, sequence, limit),
    forgetChangesUpTo: (sequence) => log.forgetUpTo(sequence),
    onChange: (listener) => log.onChange(listener),
  }
}

/**
 * Message-ID for a message that arrived without one, so that it can be answered. Any mail server on the way would do
 * the same.
 */
function messageIdFor(mime: Uint8Array, receivedAt: number): string {
  const head = Buffer.from(mime.subarray(0, 65_536)).toString('base64')
  return `<${Buffer.from(guidOfFirst(`${receivedAt} ${head}`)).toString('hex')}@mail.protection.example>`
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
