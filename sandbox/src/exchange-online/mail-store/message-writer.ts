import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { addressField, amendHeader, oneLine } from '../mime/index.ts'
import type { Attachments, Owner } from './attachments.ts'
import type { ChangeLog } from './change-log.ts'
import { CONTENT_PROPERTIES, defined, differences, FLAG_PROPERTIES } from './changed-properties.ts'
import { chooseConversation } from './conversations.ts'
import { createChangeKey, messageImmutableId, messageRestId } from './exchange-ids.ts'
import type { Folders } from './folders.ts'
import type { AttachmentContent, Change, Folder, Message, MessageContent, MessageFlags } from './mail-objects.ts'
import { MailStoreError } from './mail-store-error.ts'
import { findMessage } from './message-query.ts'
import {
  bodyColumns,
  type Columns,
  contentColumns,
  estimateSize,
  flagColumns,
  insertRow,
  updateRow,
} from './message-rows.ts'
import type { ImapMarks, Uids } from './uids.ts'

/** @see https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits */
const MOST_ATTACHMENTS = 250
/** Limit for all attachments of a message together, as enforced by upload sessions. */
const MOST_ATTACHED_BYTES = 150 * 1024 * 1024

const NEW_FLAGS: MessageFlags = {
  isRead: false,
  isDraft: false,
  flagStatus: 'notFlagged',
  categories: [],
  inferenceClassification: 'focused',
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

export interface Arrival {
  mailboxId: string
  folderId: string
  content: MessageContent
  attachments: readonly AttachmentContent[]
  mime?: Uint8Array
  threadIndex?: Uint8Array | undefined
  options: AppendOptions
}

export interface Sent {
  /** Target folder of the sent copy, usually Sent Items. */
  folderId: string
  sentAt: number
  /** Message-ID that replaces the draft's, when Exchange assigns its own. */
  internetMessageId?: string
}

export type MessageWriter = ReturnType<typeof createMessageWriter>

/** All changes of messages. Each call is one transaction with its entries in the change log. */
export function createMessageWriter(deps: {
  database: Database
  clock: Clock
  folders: Folders
  attachments: Attachments
  log: ChangeLog
  uids: Uids
}) {
  const { database, clock, folders, attachments, log, uids } = deps
  const now = () => clock.now().getTime()

  function create({ mailboxId, folderId, content, attachments: files, mime, threadIndex, options }: Arrival): Message {
    const folder = folderIn(mailboxId, folderId)
    checkAttachments(files.map(({ content: bytes }) => bytes.byteLength))
    const createdAt = now()
    const receivedAt = options.receivedAt ?? createdAt
    const dated = options.sentAt === undefined ? content : { ...content, sentAt: options.sentAt }
    const { replyToKey } = options

    return database.transaction(() => {
      const { conversationId, conversationIndex } = chooseConversation(database, mailboxId, dated, {
        at: receivedAt,
        replyToKey,
        threadIndex,
      })
      const key = nextKey()
      const placement = placeIn(folder, key)
      insertRow(database, 'messages', {
        key,
        mailbox_id: mailboxId,
        immutable_id: messageImmutableId(mailboxId, key),
        ...placement.columns,
        conversation_id: conversationId,
        conversation_index: conversationIndex,
        ...contentColumns(dated),
        ...flagColumns({ ...NEW_FLAGS, ...defined(options.flags ?? {}) }),
        has_attachments: Number(files.some(({ isInline }) => !isInline)),
        has_mime: Number(mime !== undefined),
        size_bytes: estimateSize(
          dated,
          files.map((file) => file.content.byteLength),
        ),
        received_at: receivedAt,
        created_at: createdAt,
        last_modified_at: createdAt,
      })
      uids.place(folder.id, key)
      insertRow(database, 'message_contents', { message_key: key, ...bodyColumns(dated) })
      if (mime) insertRow(database, 'message_mimes', { message_key: key, mime })
      for (const file of files) attachments.add(key, placement.owner, file, createdAt)
      return logged('created', get(key))
    })
  }

  function updateFlags(key: number, flags: Partial<MessageFlags>): Message {
    const message = get(key)
    const changed = differences(message, flags)
    if (changed.length === 0) return message
    const properties = changed.flatMap((name) => FLAG_PROPERTIES[name])
    return touch(message, flagColumns({ ...message, ...defined(flags) }), properties)
  }

  function updateMarks(key: number, marks: Partial<ImapMarks>): void {
    database.transaction(() => {
      if (uids.setMarks(key, marks)) touch(get(key), {}, [])
    })
  }

  function updateContent(key: number, content: Partial<MessageContent>): Message {
    const message = get(key)
    const changed = differences(message, content)
    if (changed.length === 0) return message
    const merged: MessageContent = { ...message, ...defined(content) }
    // `from` and `sender` can be removed by `undefined`, which `defined` would skip.
    if ('from' in content) merged.from = content.from
    if ('sender' in content) merged.sender = content.sender
    return database.transaction(() => {
      if (changed.every((name) => name === 'from' || name === 'sender')) amendMime(key, authorFields(merged))
      else dropMime(key)
      updateRow(database, 'message_contents', 'message_key', key, bodyColumns(merged))
      const columns = { ...contentColumns(merged), size_bytes: estimateSize(merged, sizesOf(key)) }
      return touch(
        message,
        columns,
        changed.flatMap((name) => CONTENT_PROPERTIES[name]),
      )
    })
  }

  function addAttachment(key: number, attachment: AttachmentContent) {
    const message = get(key)
    checkAttachments([...sizesOf(key), attachment.content.byteLength])
    return database.transaction(() => {
      const owner = ownerOf(message)
      const id = attachments.add(key, owner, attachment, now())
      attachmentsChanged(message)
      return attachments.find(key, id)!
    })
  }

  function removeAttachment(key: number, attachmentId: string): void {
    const message = get(key)
    database.transaction(() => {
      if (!attachments.remove(key, attachmentId)) throw new MailStoreError('not-found', 'no such attachment')
      attachmentsChanged(message)
    })
  }

  function move(key: number, folderId: string, further: Columns = {}): Message {
    const message = get(key)
    const folder = folderIn(message.mailboxId, folderId)
    if (folder.id === message.folderId && Object.keys(further).length === 0) return message
    return database.transaction(() => {
      logged('removed', message)
      const { columns } = placeIn(folder, key)
      updateRow(database, 'messages', 'key', key, { ...further, ...columns, last_modified_at: now() })
      uids.place(folder.id, key)
      return logged('created', get(key))
    })
  }

  function copy(key: number, folderId: string): Message {
    const message = get(key)
    const folder = folderIn(message.mailboxId, folderId)
    return database.transaction(() => {
      const copyKey = nextKey()
      const { columns, owner } = placeIn(folder, copyKey)
      const replaced: Columns = {
        key: copyKey,
        immutable_id: messageImmutableId(message.mailboxId, copyKey),
        ...columns,
        created_at: now(),
        last_modified_at: now(),
      }
      copyRow('messages', 'key', key, replaced)
      uids.place(folder.id, copyKey)
      uids.copyMarks(key, copyKey)
      copyRow('message_contents', 'message_key', key, { message_key: copyKey })
      copyRow('message_mimes', 'message_key', key, { message_key: copyKey })
      attachments.copy(key, copyKey, owner, now())
      return logged('created', get(copyKey))
    })
  }

  function markSent(key: number, { folderId, sentAt, internetMessageId }: Sent): Message {
    return database.transaction(() => {
      if (internetMessageId !== undefined) amendMime(key, { 'Message-ID': oneLine(internetMessageId) })
      return move(key, folderId, {
        is_draft: 0,
        is_read: 1,
        sent_at: sentAt,
        received_at: sentAt,
        ...(internetMessageId === undefined ? {} : { internet_message_id: internetMessageId }),
      })
    })
  }

  function remove(key: number): void {
    const message = get(key)
    database.transaction(() => {
      logged('removed', message)
      database.run('DELETE FROM messages WHERE key = ?', key)
    })
  }

  function removeAllIn(folderId: string): void {
    for (const { key } of database.all<{ key: number }>('SELECT key FROM messages WHERE folder_id = ?', folderId)) {
      remove(key)
    }
  }

  function get(key: number): Message {
    const message = findMessage(database, 'key', key)
    if (!message) throw new MailStoreError('not-found', 'no such message')
    return message
  }

  function folderIn(mailboxId: string, folderId: string): Folder {
    const folder = folders.find(mailboxId, folderId)
    if (!folder) throw new MailStoreError('not-found', 'no such folder')
    return folder
  }

  /** Ids of a message, derived from the next entry of the change log. */
  function placeIn(folder: Folder, key: number): { columns: Columns; owner: Owner } {
    const { mailboxId } = folder
    const placement = log.nextSequence()
    const folderNumber = folders.numberOf(folder.id)
    return {
      columns: {
        folder_id: folder.id,
        rest_id: messageRestId(mailboxId, folderNumber, placement),
        change_key: createChangeKey(mailboxId, placement),
      },
      owner: { mailboxId, folderNumber, placement: key },
    }
  }

  function ownerOf(message: Message): Owner {
    return { mailboxId: message.mailboxId, folderNumber: folders.numberOf(message.folderId), placement: message.key }
  }

  function touch(message: Message, columns: Columns, properties: string[]): Message {
    return database.transaction(() => {
      const changeKey = createChangeKey(message.mailboxId, log.nextSequence())
      const { key } = message
      updateRow(database, 'messages', 'key', key, { ...columns, change_key: changeKey, last_modified_at: now() })
      return logged('updated', get(key), properties)
    })
  }

  function attachmentsChanged(message: Message): void {
    const { key } = message
    dropMime(key)
    touch(
      message,
      {
        has_attachments: Number(attachments.list(key, false).some(({ isInline }) => !isInline)),
        size_bytes: estimateSize(message, sizesOf(key)),
      },
      ['hasAttachments'],
    )
  }

  function logged(kind: Change['kind'], message: Message, properties: string[] = []): Message {
    const { mailboxId, folderId, key: messageKey, immutableId, restId } = message
    log.write({ mailboxId, folderId, messageKey, immutableId, restId, kind, properties })
    return message
  }

  function copyRow(table: string, keyColumn: string, key: number, replaced: Columns): void {
    const columns = database.all<{ name: string }>(`SELECT name FROM pragma_table_info('${table}')`)
    const names = columns.map(({ name }) => name)
    const sources = names.map((name) => (Object.hasOwn(replaced, name) ? '?' : name))
    const values = names.filter((name) => Object.hasOwn(replaced, name)).map((name) => replaced[name]!)
    const sql = `INSERT INTO ${table} (${names.join(', ')}) SELECT ${sources.join(', ')} FROM ${table} WHERE ${keyColumn} = ?`
    database.run(sql, ...values, key)
  }

  function sizesOf(key: number): number[] {
    return attachments.list(key, false).map(({ sizeBytes }) => sizeBytes)
  }

  /** Sets header fields in stored MIME; without stored MIME, they are composed on demand. */
  function amendMime(key: number, fields: Record<string, string | undefined>): void {
    const kept = database.get<{ mime: Uint8Array }>('SELECT mime FROM message_mimes WHERE message_key = ?', key)
    if (kept) updateRow(database, 'message_mimes', 'message_key', key, { mime: amendHeader(kept.mime, fields) })
  }

  function dropMime(key: number): void {
    database.run('DELETE FROM message_mimes WHERE message_key = ?', key)
    updateRow(database, 'messages', 'key', key, { has_mime: 0 })
  }

  function nextKey(): number {
    const row = database.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'messages'")
    return (row?.seq ?? 0) + 1
  }

  return {
    create,
    updateFlags,
    updateMarks,
    updateContent,
    addAttachment,
    removeAttachment,
    move,
    copy,
    markSent,
    remove,
    removeAllIn,
  }
}

function checkAttachments(sizes: readonly number[]): void {
  if (sizes.length > MOST_ATTACHMENTS) throw new MailStoreError('too-many-attachments', 'at most 250 attachments')
  if (sizes.reduce((sum, size) => sum + size, 0) > MOST_ATTACHED_BYTES) {
    throw new MailStoreError('message-too-large', 'attachments of at most 150 MB')
  }
}

/** `Sender` is written only when it differs from the author (RFC 5322 §3.6.2). */
function authorFields({ from, sender }: MessageContent): Record<string, string | undefined> {
  const isOther = sender !== undefined && sender.address !== from?.address
  return { From: from && addressField(from), Sender: isOther ? addressField(sender) : undefined }
}
