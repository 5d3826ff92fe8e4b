import { sql, type RawBuilder } from 'kysely'
import type { RemoteMessage } from '../../mail/index.ts'

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

/** Values of `preview`, `last_message_at`, `last_message_id` and `last_direction`, see {@link firstSubject}. */
export function ofLatestMessage(id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT preview, received_at, id, direction FROM messages WHERE conversation_id = ${id}
    ORDER BY received_at DESC, (reports_on IS NOT NULL) DESC, id DESC LIMIT 1)`
}

/** Columns of {@link ofLatestMessage}. */
export const LATEST_COLUMNS = sql`(preview, last_message_at, last_message_id, last_direction)`

/**
 * True if a message has a file. Attachments that were never listed count as files, so a former `false` of the conversation
 * stays until a message with files is added.
 */
export function hasFiles(id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`EXISTS (SELECT FROM messages WHERE conversation_id = ${id} AND has_attachments AND (NOT attachments_known
    OR EXISTS (SELECT FROM attachments WHERE message_id = messages.id AND NOT is_inline)))`
}

/** True if a message, as the server reports it, has an attachment other than images inside its text. */
export function bringsFiles({
  attachments,
  hasAttachments,
  hasFiles: isReported = hasAttachments,
}: Pick<RemoteMessage, 'attachments' | 'hasAttachments' | 'hasFiles'>): boolean {
  return attachments ? attachments.some(({ isInline }) => !isInline) : hasAttachments && isReported
}
