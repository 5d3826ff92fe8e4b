import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import type { Address, AutomaticMark } from '../../mail/index.ts'

/** Received mail as notifications show it. */
export interface ReceivedFacts {
  emailAccountId: EmailAccountId
  /** The current conversation, after merges. */
  conversationId: ConversationId
  /** Subject of the conversation. */
  subject: string
  assigneeId: string | undefined
  /** Ids of people. */
  followers: readonly string[]
  from: Address | undefined
  /** Undefined for mail of a person. */
  automatic: AutomaticMark['kind'] | undefined
  /** The message is in Junk, or its conversation in Spam or Deleted. */
  isOutsideInbox: boolean
}

/** Conversation as notifications show it. */
export interface ConversationFacts {
  id: ConversationId
  emailAccountId: EmailAccountId
  subject: string
  assigneeId: string | undefined
}

/** Facts of messages, by message. One statement. */
export async function readReceivedFacts(
  { db }: Pick<Database, 'db'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReceivedFacts>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<ReceivedFacts & { id: StoredMessageId }>`
    SELECT messages.id, conversation.email_account_id AS "emailAccountId", conversation.id AS "conversationId",
      conversation.subject, conversation.assignee_id AS "assigneeId", messages.from_address AS "from",
      ARRAY(SELECT person_id FROM conversation_followers
        WHERE conversation_id = conversation.id AND is_following) AS followers,
      CASE WHEN messages.marks ? 'deliveryReport' OR messages.marks ? 'readReceipt' THEN 'report'
        ELSE messages.marks -> 'automatic' ->> 'kind' END AS automatic,
      conversation.place <> 'inbox' OR coalesce((SELECT bool_and(folders.role IS NOT DISTINCT FROM 'junk')
        FROM message_locations place JOIN folders ON folders.id = place.folder_id
        WHERE place.message_id = messages.id), false) AS "isOutsideInbox"
    FROM messages
    JOIN conversations AS filed ON filed.id = messages.conversation_id
    JOIN conversations AS conversation ON conversation.id = coalesce(filed.merged_into, filed.id)
    WHERE messages.id = ANY (${ids}::uuid[])`.execute(db)
  return new Map(rows.map(({ id, ...facts }) => [id, definedFacts(facts)]))
}

/** Facts of conversations, by the id before a merge. One statement. */
export async function readConversationFacts(
  { db }: Pick<Database, 'db'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ConversationFacts>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<ConversationFacts & { asked: ConversationId }>`
    SELECT given.id AS asked, conversation.id, conversation.email_account_id AS "emailAccountId",
      conversation.subject, conversation.assignee_id AS "assigneeId"
    FROM conversations AS given
    JOIN conversations AS conversation ON conversation.id = coalesce(given.merged_into, given.id)
    WHERE given.id = ANY (${ids}::uuid[])`.execute(db)
  return new Map(rows.map(({ asked, ...facts }) => [asked, definedFacts(facts)]))
}

/** Replaces null by undefined. */
function definedFacts<Row extends object>(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? undefined])) as Row
}

/** SQL condition: the conversation with this id, or the one into which it was merged, is in Spam or Deleted. */
export function isOutsideInbox(conversationId: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (
    SELECT FROM conversations AS told LEFT JOIN conversations AS target ON target.id = told.merged_into
    WHERE told.id = ${conversationId} AND coalesce(target.place, told.place) <> 'inbox')`
}
