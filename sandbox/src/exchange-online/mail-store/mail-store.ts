import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Directory } from '../../tenants/index.ts'
import { composeMime, parseMime } from '../mime/index.ts'
import { createAttachments } from './attachments.ts'
import { createChangeLog } from './change-log.ts'
import { guidOfFirst } from './conversation-index.ts'
import { createFolders } from './folders.ts'
import type { MailStore } from './index.ts'
import { MailStoreError } from './mail-store-error.ts'
import { countMessages, findByMessageId, findMessage, listMessages } from './message-query.ts'
import { createMessageWriter } from './message-writer.ts'
import { TABLES } from './tables.ts'
import { createUids } from './uids.ts'

/** @see https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits */
const LARGEST_RECEIVED_BYTES = 36 * 1024 * 1024

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
