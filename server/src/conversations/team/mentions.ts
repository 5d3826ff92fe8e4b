import { sql, type RawBuilder } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'

/** Marks a conversation as mentioning people: unread for each of them until they open it. One statement. */
export async function mention(tx: Tx, id: ConversationId, personIds: readonly string[], at: Date): Promise<void> {
  if (personIds.length === 0) return
  await sql`INSERT INTO conversation_mentions (person_id, conversation_id, mentioned_at)
    SELECT person_id, ${id}, ${at} FROM unnest(${[...personIds]}::text[]) AS person_id
    ON CONFLICT (person_id, conversation_id) DO UPDATE SET mentioned_at = excluded.mentioned_at, is_unread = true`.execute(
    tx,
  )
}

/** Marks mentions of a person as read. One statement. */
export async function markMentionsRead(tx: Tx, ids: readonly ConversationId[], personId: string): Promise<void> {
  if (ids.length === 0) return
  await sql`UPDATE conversation_mentions SET is_unread = false
    WHERE person_id = ${personId} AND conversation_id = ANY(${[...ids]}::uuid[]) AND is_unread`.execute(tx)
}

/** True for a conversation in which a note mentions the person since they last opened it. */
export function isMentioned(personId: string): RawBuilder<unknown> {
  return sql`EXISTS (SELECT FROM conversation_mentions AS mention WHERE mention.person_id = ${personId}
    AND mention.conversation_id = conversations.id AND mention.is_unread)`
}
