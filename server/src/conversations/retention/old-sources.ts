import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import {
  type BatchSize,
  type DeletedMail,
  nextPosition,
  NO_DELETED_MAIL,
  oldConversations,
  type OldMail,
  type OldPosition,
  USUAL_BATCH,
} from './old-conversations.ts'

const CONVERSATIONS_AT_ONCE = 500

/**
 * Stored sources of messages and of their earlier versions, in columns `message_id`, `version_id`, `bytes` and
 * `with_attachments` (null: as the message). The preview reads them, too, so that it counts what is deleted.
 */
export const STORED_SOURCES = sql`(SELECT message_id, NULL::uuid AS version_id, octet_length(content) AS bytes,
    NULL::boolean AS with_attachments FROM message_sources
  UNION ALL SELECT message_id, id, octet_length(source), has_attachments FROM message_versions WHERE source IS NOT NULL)`

/**
 * Deletes sources of the next batch of old conversations, and those of earlier versions of their messages. Texts and lists of
 * attachments stay; their bytes can be opened as long as the message is in the mailbox.
 *
 * @param only  `attachments`: sources with attachments
 * @param size  of the batch; `messages` limits sources
 */
export async function deleteOldSources(
  db: Kysely<Schema>,
  mail: OldMail,
  after: OldPosition,
  only: 'all' | 'attachments',
  size: BatchSize = USUAL_BATCH,
): Promise<{ next: OldPosition | undefined; deleted: DeletedMail }> {
  // The conditions are repeated at the lock: the conversation may have been reopened since the page was read.
  const { rows } = await sql<{ at: string | null; id: string; left: boolean; sources: number; bytes: number }>`
    WITH page AS MATERIALIZED (SELECT id, listed_at FROM conversations WHERE ${oldConversations(mail, after)}
      ORDER BY listed_at, id LIMIT ${CONVERSATIONS_AT_ONCE}),
    found AS MATERIALIZED (SELECT stored.*, messages.conversation_id FROM page
      JOIN messages ON messages.conversation_id = page.id JOIN ${STORED_SOURCES} AS stored ON stored.message_id = messages.id
      WHERE messages.received_at < ${mail.before}
        ${only === 'attachments' ? sql`AND coalesce(with_attachments, messages.has_attachments)` : sql``}
      LIMIT ${size.messages}),
    free AS MATERIALIZED (SELECT id FROM conversations WHERE id IN (SELECT conversation_id FROM found)
      AND ${oldConversations(mail, after)} FOR NO KEY UPDATE SKIP LOCKED),
    sums AS (SELECT found.*, row_number() OVER upto AS number, sum(bytes) OVER upto AS bytes_so_far
      FROM found JOIN free ON free.id = found.conversation_id WINDOW upto AS (ORDER BY message_id, version_id)),
    chosen AS MATERIALIZED (SELECT * FROM sums WHERE bytes_so_far <= ${size.bytes} OR number = 1),
    earlier AS (UPDATE message_versions SET source = NULL FROM chosen WHERE message_versions.id = chosen.version_id),
    gone AS (DELETE FROM message_sources USING chosen
      WHERE message_sources.message_id = chosen.message_id AND chosen.version_id IS NULL)
    SELECT last.at, last.id, (SELECT count(*)::float8 FROM chosen) AS sources,
      (SELECT count(*) FROM found) = ${size.messages} OR (SELECT count(*) FROM chosen) < (SELECT count(*) FROM sums) AS left,
      (SELECT coalesce(sum(bytes), 0)::float8 FROM chosen) AS bytes
    FROM (SELECT listed_at::text AS at, id FROM page ORDER BY listed_at DESC, page.id DESC LIMIT 1) AS last`.execute(db)
  const batch = rows[0]
  const { sources = 0, bytes = 0 } = batch ?? {}
  const deleted = { ...NO_DELETED_MAIL, sources, bytes }
  // More in the same conversations.
  if (batch?.left && sources > 0) return { next: after, deleted }
  return { next: nextPosition(after, batch && { at: batch.at!, id: batch.id }), deleted }
}
