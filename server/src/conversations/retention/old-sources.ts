import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import {
  type DeletedMail,
  nextPosition,
  oldConversations,
  type OldMail,
  type OldPosition,
} from './old-conversations.ts'

const CONVERSATIONS_AT_ONCE = 500
const SOURCES_AT_ONCE = 500

/**
 * Deletes sources of the next batch of old conversations, and those of earlier versions of their messages. Texts and lists of
 * attachments stay; their bytes can be opened as long as the message is in the mailbox.
 *
 * @param only  `attachments`: sources of messages with attachments
 */
export async function deleteOldSources(
  db: Kysely<Schema>,
  mail: OldMail,
  after: OldPosition,
  only: 'all' | 'attachments',
): Promise<{ next: OldPosition | undefined; deleted: DeletedMail }> {
  const { rows } = await sql<{ at: string | null; id: string; found: number; sources: number; bytes: number }>`
    WITH page AS MATERIALIZED (SELECT id, listed_at FROM conversations WHERE ${oldConversations(mail, after)}
      ORDER BY listed_at, id LIMIT ${CONVERSATIONS_AT_ONCE}),
    found AS MATERIALIZED (SELECT messages.id, messages.conversation_id FROM page
      JOIN messages ON messages.conversation_id = page.id JOIN message_sources ON message_sources.message_id = messages.id
      WHERE messages.received_at < ${mail.before} ${only === 'attachments' ? sql`AND messages.has_attachments` : sql``}
      LIMIT ${SOURCES_AT_ONCE}),
    free AS MATERIALIZED (SELECT id FROM conversations WHERE id IN (SELECT conversation_id FROM found)
      AND held_at IS NULL FOR NO KEY UPDATE SKIP LOCKED),
    chosen AS MATERIALIZED (SELECT found.id FROM found JOIN free ON free.id = found.conversation_id),
    earlier AS (UPDATE message_versions SET source = NULL FROM chosen
      WHERE message_versions.message_id = chosen.id AND source IS NOT NULL),
    gone AS (DELETE FROM message_sources USING chosen WHERE message_sources.message_id = chosen.id
      RETURNING octet_length(content) AS size)
    SELECT last.at, last.id, (SELECT count(*)::float8 FROM found) AS found, (SELECT count(*)::float8 FROM gone) AS sources,
      (SELECT coalesce(sum(size), 0)::float8 FROM gone) AS bytes
    FROM (SELECT listed_at::text AS at, id FROM page ORDER BY listed_at DESC, page.id DESC LIMIT 1) AS last`.execute(db)
  const batch = rows[0]
  const { sources = 0, bytes = 0 } = batch ?? {}
  const deleted = { conversations: 0, messages: 0, sources, bytes }
  // More in the same conversations.
  if (batch?.found === SOURCES_AT_ONCE && sources > 0) return { next: after, deleted }
  return { next: nextPosition(after, batch && { at: batch.at!, id: batch.id }), deleted }
}
