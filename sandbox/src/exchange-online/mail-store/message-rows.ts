import type { Database, SqlValue } from '../../kernel/database.ts'
import { createPreview, withoutControls } from '../mime/index.ts'
import type { Address, Header, Message, MessageContent, MessageFlags } from './mail-objects.ts'

/** A row of `messages`, with its content if the query joined it. */
export interface MessageRow {
  key: number
  mailbox_id: string
  folder_id: string
  immutable_id: string
  rest_id: string
  change_key: string
  conversation_id: string
  conversation_index: Uint8Array
  internet_message_id: string
  subject: string
  from_name: string
  from_address: string
  sender_name: string
  sender_address: string
  recipients: string
  body_preview: string
  importance: Message['importance']
  is_delivery_receipt_requested: number
  is_read_receipt_requested: number
  is_read: number
  is_draft: number
  flag_status: Message['flagStatus']
  categories: string
  inference_classification: Message['inferenceClassification']
  has_attachments: number
  has_mime: number
  size_bytes: number
  received_at: number
  sent_at: number
  created_at: number
  last_modified_at: number
  body_type?: 'text' | 'html'
  body?: string
  headers?: string
  reference_ids?: string
  in_reply_to?: string
}

type Recipients = Pick<MessageContent, 'to' | 'cc' | 'bcc' | 'replyTo'>

export type Columns = Record<string, SqlValue>

export function toMessage(row: MessageRow): Message {
  const recipients = JSON.parse(row.recipients) as Recipients
  return {
    key: row.key,
    mailboxId: row.mailbox_id,
    folderId: row.folder_id,
    immutableId: row.immutable_id,
    restId: row.rest_id,
    changeKey: row.change_key,
    conversationId: row.conversation_id,
    conversationIndex: row.conversation_index,
    internetMessageId: row.internet_message_id,
    subject: row.subject,
    from: addressOf(row.from_name, row.from_address),
    sender: addressOf(row.sender_name, row.sender_address),
    ...recipients,
    bodyPreview: row.body_preview,
    importance: row.importance,
    isDeliveryReceiptRequested: row.is_delivery_receipt_requested === 1,
    isReadReceiptRequested: row.is_read_receipt_requested === 1,
    isRead: row.is_read === 1,
    isDraft: row.is_draft === 1,
    flagStatus: row.flag_status,
    categories: list(row.categories),
    inferenceClassification: row.inference_classification,
    hasAttachments: row.has_attachments === 1,
    hasMime: row.has_mime === 1,
    sizeBytes: row.size_bytes,
    receivedAt: row.received_at,
    sentAt: row.sent_at,
    createdAt: row.created_at,
    lastModifiedAt: row.last_modified_at,
    body: { contentType: row.body_type ?? 'text', content: row.body ?? '' },
    headers: list<Header>(row.headers),
    references: list(row.reference_ids),
    inReplyTo: list(row.in_reply_to),
  }
}

/** Columns of `messages` with the content of the message. */
export function contentColumns(content: MessageContent): Columns {
  const { to, cc, bcc, replyTo } = content
  const recipients: Recipients = { to, cc, bcc, replyTo }
  return {
    internet_message_id: withoutControls(content.internetMessageId),
    // A client can send any characters in JSON; SQLite's functions treat a NUL as the end.
    subject: withoutControls(content.subject),
    from_name: withoutControls(content.from?.name ?? ''),
    from_address: withoutControls(content.from?.address ?? ''),
    sender_name: withoutControls(content.sender?.name ?? ''),
    sender_address: withoutControls(content.sender?.address ?? ''),
    recipients: JSON.stringify(recipients),
    body_preview: createPreview(content.body).replaceAll('\0', ' '),
    importance: content.importance,
    is_delivery_receipt_requested: Number(content.isDeliveryReceiptRequested),
    is_read_receipt_requested: Number(content.isReadReceiptRequested),
    sent_at: content.sentAt,
  }
}

/** Columns of `message_contents`. */
export function bodyColumns(content: MessageContent): Columns {
  return {
    body_type: content.body.contentType,
    body: content.body.content,
    headers: JSON.stringify(content.headers),
    reference_ids: JSON.stringify(content.references),
    in_reply_to: JSON.stringify(content.inReplyTo),
  }
}

export function flagColumns(flags: MessageFlags): Columns {
  return {
    is_read: Number(flags.isRead),
    is_draft: Number(flags.isDraft),
    flag_status: flags.flagStatus,
    categories: JSON.stringify(flags.categories),
    inference_classification: flags.inferenceClassification,
  }
}

/**
 * Inserts a row. Column names come from the code above, never from a client; each set of them is one prepared
 * statement.
 */
export function insertRow(database: Database, table: string, columns: Columns): number {
  const names = Object.keys(columns)
  const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
  return database.run(sql, ...Object.values(columns)).lastInsertRowid
}

export function updateRow(database: Database, table: string, keyColumn: string, key: number, columns: Columns): void {
  const assignments = Object.keys(columns).map((name) => `${name} = ?`)
  database.run(`UPDATE ${table} SET ${assignments.join(', ')} WHERE ${keyColumn} = ?`, ...Object.values(columns), key)
}

/**
 * Exchange's size of a message: that of its stored data, not of the MIME composed from it.
 *
 * @see `ImapEnableExactRFC822Size`, which is off by default
 */
export function estimateSize(content: MessageContent, attachmentBytes: readonly number[]): number {
  const headers = content.headers.reduce((sum, { name, value }) => sum + name.length + value.length + 4, 0)
  const body = Buffer.byteLength(content.body.content)
  const files = attachmentBytes.reduce((sum, bytes) => sum + Math.ceil((bytes * 4) / 3) + 256, 0)
  return 1024 + headers + body + files
}

/** Most lists are empty, and checking that is faster than parsing. */
function list<Item = string>(json: string | undefined): Item[] {
  return json === undefined || json === '[]' ? [] : (JSON.parse(json) as Item[])
}

function addressOf(name: string, address: string): Address | undefined {
  return name === '' && address === '' ? undefined : { name, address }
}
