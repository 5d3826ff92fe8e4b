import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'

/** Time in which a closing can be undone. */
export const UNDO_WITHIN_MS = 24 * 60 * 60_000
/** A closing can have millions of rows. */
const MOST_FORGOTTEN = 10_000

/**
 * Stores status and read state of conversations that this transaction closes next: unread messages, people who had marked
 * the conversation as unread (with the time of their last reading), and people who were mentioned in it.
 *
 * The id of the transaction becomes the `xmin` of their rows. A row with another one was changed since, by whatever room.
 * One statement.
 */
export async function keepClosed(tx: Tx, ids: readonly ConversationId[], at: Date): Promise<void> {
  await sql`INSERT INTO closed_conversations (conversation_id, email_account_id, written_by, former)
    SELECT id, email_account_id, pg_current_xact_id()::xid, jsonb_build_object(
      'closedAt', ${at}::timestamptz, 'status', status, 'unread', unread, 'newsAt', news_at,
      'messages', (SELECT coalesce(jsonb_agg(message.id), '[]') FROM messages AS message
        WHERE message.conversation_id = conversations.id AND message.unread),
      'readers', (SELECT coalesce(jsonb_object_agg(person_id, read_at), '{}') FROM conversation_reads AS reading
        WHERE reading.conversation_id = conversations.id AND reading.is_unread),
      'mentioned', (SELECT coalesce(jsonb_agg(person_id), '[]') FROM conversation_mentions AS mention
        WHERE mention.conversation_id = conversations.id AND mention.is_unread))
    FROM conversations WHERE id = ANY(${[...ids]}::uuid[])
    ON CONFLICT (conversation_id) DO UPDATE SET email_account_id = excluded.email_account_id,
      written_by = excluded.written_by, former = excluded.former`.execute(tx)
}

/**
 * Restores up to `most` closed conversations of a mailbox that nothing has changed since. People who have read one in the
 * meantime keep it as read. Six statements.
 *
 * @returns `settled`: number of conversations that are done, changed ones included. `isLast`: none is left
 */
export async function restoreClosed(
  tx: Tx,
  accountId: EmailAccountId,
  most: number,
): Promise<{ settled: number; reopened: number; isLast: boolean }> {
  const { rows: kept } = await sql<{ id: ConversationId }>`SELECT id FROM conversations
    WHERE id IN (SELECT conversation_id FROM closed_conversations WHERE email_account_id = ${accountId}
      ORDER BY conversation_id LIMIT ${most})
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`.execute(tx)
  const ids = kept.map(({ id }) => id)
  const { rows } = await sql<{ id: ConversationId }>`UPDATE conversations
    SET status = former ->> 'status', unread = (former ->> 'unread')::boolean, news_at = (former ->> 'newsAt')::timestamptz
    FROM closed_conversations AS kept WHERE conversation_id = id AND id = ANY(${ids}::uuid[])
      AND conversations.xmin = written_by AND listed_as = 'closed' RETURNING id`.execute(tx)
  const reopened = rows.map(({ id }) => id)
  await sql`UPDATE messages SET unread = true FROM closed_conversations AS kept
    WHERE kept.conversation_id = ANY(${reopened}::uuid[]) AND messages.conversation_id = kept.conversation_id
      AND former -> 'messages' ? messages.id::text`.execute(tx)
  await sql`UPDATE conversation_reads AS reading SET is_unread = true FROM closed_conversations AS kept
    WHERE kept.conversation_id = ANY(${reopened}::uuid[]) AND reading.conversation_id = kept.conversation_id
      AND read_at = (former -> 'readers' ->> person_id)::timestamptz`.execute(tx)
  await sql`UPDATE conversation_mentions AS mention SET is_unread = true FROM closed_conversations AS kept
    WHERE kept.conversation_id = ANY(${reopened}::uuid[]) AND mention.conversation_id = kept.conversation_id
      AND former -> 'mentioned' ? person_id AND NOT EXISTS (SELECT FROM conversation_reads AS reading
        WHERE reading.conversation_id = kept.conversation_id AND reading.person_id = mention.person_id
          AND read_at >= (former ->> 'closedAt')::timestamptz)`.execute(tx)
  const { rows: left } = await sql<{ isLast: boolean }>`WITH settled AS (
      DELETE FROM closed_conversations WHERE conversation_id = ANY(${ids}::uuid[]))
    SELECT NOT EXISTS (SELECT FROM closed_conversations
      WHERE email_account_id = ${accountId} AND conversation_id <> ALL(${ids}::uuid[])) AS "isLast"`.execute(tx)
  return { settled: ids.length, reopened: reopened.length, isLast: left[0]!.isLast }
}

/** Deletes some rows of a mailbox. Returns false when none is left. One statement. */
export async function forgetClosed(tx: Tx, accountId: EmailAccountId): Promise<boolean> {
  const { numAffectedRows } = await sql`DELETE FROM closed_conversations WHERE conversation_id IN
    (SELECT conversation_id FROM closed_conversations WHERE email_account_id = ${accountId} LIMIT ${MOST_FORGOTTEN})`.execute(
    tx,
  )
  return (numAffectedRows ?? 0n) === BigInt(MOST_FORGOTTEN)
}
