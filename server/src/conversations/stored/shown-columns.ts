import { sql, type RawBuilder } from 'kysely'

/**
 * Columns of a conversation that lists show, from its messages. Servers report whole seconds, and Exchange writes a
 * delivery report within the second of the message, whichever is stored first: among messages of the same second, reports
 * come last.
 *
 * @param id  SQL expression of the conversation
 */
export function firstSubject(id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT subject FROM messages WHERE conversation_id = ${id}
    ORDER BY received_at, (reports_on IS NOT NULL), id LIMIT 1)`
}

/** Values of `unread` and `news_at`. */
export function unreadMail(id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT count(*) > 0, max(created_at) FROM messages WHERE conversation_id = ${id} AND unread)`
}

/** True if the latest message that a person wrote is the customer's. */
export function needsReply(id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce((SELECT direction = 'in' FROM messages WHERE conversation_id = ${id} AND NOT is_automatic
    ORDER BY received_at DESC, id DESC LIMIT 1), false)`
}

/** Value of `last_sent_at`. */
export function lastSent(id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT max(received_at) FROM messages
    WHERE conversation_id = ${id} AND direction = 'out' AND NOT is_automatic)`
}

/** Preview, and with it `received_at`, of the latest message, see {@link firstSubject}. */
export function ofLatestMessage(
  columns: 'preview' | 'preview, received_at',
  id: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`(SELECT ${sql.raw(columns)} FROM messages WHERE conversation_id = ${id}
    ORDER BY received_at DESC, (reports_on IS NOT NULL) DESC, id DESC LIMIT 1)`
}
