import type { Database, SqlValue } from '../../kernel/database.ts'
import { type Condition, filterToSql, type MessageColumn, type TextColumn, TEXT_COLUMNS } from './condition.ts'
import type { Message } from './mail-objects.ts'
import { type MessageRow, toMessage } from './message-rows.ts'

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
  /** Key-set paging: continues after this row in the same order; {@link toPosition} returns it for a message. */
  after?: (string | number)[]
  skip?: number
  /** `false` leaves body, headers and references empty, for lists without content. */
  withContent?: boolean
}

const WITH_CONTENT = `SELECT m.*, c.body_type, c.body, c.headers, c.reference_ids, c.in_reply_to
  FROM messages m LEFT JOIN message_contents c ON c.message_key = m.key`
const WITHOUT_CONTENT = 'SELECT m.* FROM messages m'

export function listMessages(database: Database, query: MessageQuery): Message[] {
  const order = completeOrder(query.orderBy)
  const where = whereOf(query)
  if (query.after) {
    const { sql, values } = afterRow(order, query.after)
    where.sql += ` AND ${sql}`
    where.values.push(...values)
  }
  const orderBy = order.map(({ column, descending }) => `${sortKey(column)} ${descending ? 'DESC' : 'ASC'}`)
  const sql = `${query.withContent === false ? WITHOUT_CONTENT : WITH_CONTENT}
    WHERE ${where.sql} ORDER BY ${orderBy.join(', ')} LIMIT ? OFFSET ?`
  return database.all<MessageRow>(sql, ...where.values, query.limit, query.skip ?? 0).map(toMessage)
}

export function countMessages(
  database: Database,
  query: Pick<MessageQuery, 'mailboxId' | 'folderId' | 'where'>,
): number {
  const { sql, values } = whereOf(query)
  return database.get<{ count: number }>(`SELECT COUNT(*) AS count FROM messages m WHERE ${sql}`, ...values)!.count
}

/** One message with its content, by a condition on one column that the code chooses. */
export function findMessage(database: Database, column: 'key' | 'immutable_id' | 'rest_id', value: SqlValue) {
  const row = database.get<MessageRow>(`${WITH_CONTENT} WHERE m.${column} = ?`, value)
  return row && toMessage(row)
}

export function findByMessageId(database: Database, mailboxId: string, internetMessageId: string): Message[] {
  const sql = `${WITH_CONTENT} WHERE m.mailbox_id = ? AND m.internet_message_id = ? ORDER BY m.key`
  return database.all<MessageRow>(sql, mailboxId, internetMessageId).map(toMessage)
}

/** Value of `after` that continues after this message in the same order. */
export function toPosition(message: Message, orderBy: readonly MessageOrder[] = []): (string | number)[] {
  return completeOrder(orderBy).map(({ column }) => VALUE_OF[column](message))
}

/** Appends the key to the order, so that no two rows compare equal; its direction is that of the column before. */
function completeOrder(orderBy: readonly MessageOrder[] = []): readonly MessageOrder[] {
  if (orderBy.some(({ column }) => column === 'key')) return orderBy
  return [...orderBy, { column: 'key', descending: orderBy.at(-1)?.descending ?? false }]
}

function whereOf({ mailboxId, folderId, where }: Pick<MessageQuery, 'mailboxId' | 'folderId' | 'where'>) {
  // The folder is more selective; the plus sign keeps SQLite from choosing the mailbox's index.
  const sql = [folderId === undefined ? 'm.mailbox_id = ?' : 'm.folder_id = ? AND +m.mailbox_id = ?']
  const values: SqlValue[] = folderId === undefined ? [mailboxId] : [folderId, mailboxId]
  if (where) {
    const condition = filterToSql(where)
    sql.push(condition.sql)
    values.push(...condition.values)
  }
  return { sql: sql.join(' AND '), values }
}

function afterRow(order: readonly MessageOrder[], after: readonly (string | number)[]) {
  if (after.length !== order.length) throw new TypeError('a position has one value for each column of the order')
  const descending = order[0]!.descending
  if (order.every((each) => each.descending === descending)) {
    // SQLite can use an index for a row value comparison.
    const columns = order.map(({ column }) => sortKey(column)).join(', ')
    const holes = order.map(() => '?').join(', ')
    return { sql: `(${columns}) ${descending ? '<' : '>'} (${holes})`, values: [...after] }
  }
  const values: SqlValue[] = []
  const cases = order.map(({ column, descending: down }, i) => {
    const equal = order.slice(0, i).map((previous) => `${sortKey(previous.column)} = ?`)
    values.push(...after.slice(0, i), after[i]!)
    return `(${[...equal, `${sortKey(column)} ${down ? '<' : '>'} ?`].join(' AND ')})`
  })
  return { sql: `(${cases.join(' OR ')})`, values }
}

function sortKey(column: MessageColumn): string {
  if (!Object.hasOwn(VALUE_OF, column)) throw new TypeError('not a column that can be ordered by')
  return TEXT_COLUMNS.includes(column as TextColumn) ? `m.${column} COLLATE NOCASE` : `m.${column}`
}

const VALUE_OF: Record<MessageColumn, (message: Message) => string | number> = {
  key: (message) => message.key,
  folder_id: (message) => message.folderId,
  immutable_id: (message) => message.immutableId,
  rest_id: (message) => message.restId,
  change_key: (message) => message.changeKey,
  conversation_id: (message) => message.conversationId,
  internet_message_id: (message) => message.internetMessageId,
  subject: (message) => message.subject,
  from_name: (message) => message.from?.name ?? '',
  from_address: (message) => message.from?.address ?? '',
  sender_name: (message) => message.sender?.name ?? '',
  sender_address: (message) => message.sender?.address ?? '',
  body_preview: (message) => message.bodyPreview,
  importance: (message) => message.importance,
  flag_status: (message) => message.flagStatus,
  inference_classification: (message) => message.inferenceClassification,
  is_read: (message) => Number(message.isRead),
  is_draft: (message) => Number(message.isDraft),
  has_attachments: (message) => Number(message.hasAttachments),
  is_delivery_receipt_requested: (message) => Number(message.isDeliveryReceiptRequested),
  is_read_receipt_requested: (message) => Number(message.isReadReceiptRequested),
  size_bytes: (message) => message.sizeBytes,
  received_at: (message) => message.receivedAt,
  sent_at: (message) => message.sentAt,
  created_at: (message) => message.createdAt,
  last_modified_at: (message) => message.lastModifiedAt,
}
