import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import type { SentMailHook } from '../filing/filing-hooks.ts'
import { MOST_HOLD_REASON } from '../stored/conversation.ts'
import {
  firstSubject,
  hasFiles,
  lastSent,
  LATEST_COLUMNS,
  ofLatestMessage,
  unreadMail,
} from '../stored/shown-columns.ts'

/** A conversation whose content moves, and the one that takes it. */
export interface ConversationMove {
  from: ConversationId
  into: ConversationId
}

/**
 * Moves messages, Message-IDs, notes, mentions, followers, drafts and submissions into other conversations. Those moved
 * from stay as closed conversations that point to their targets. The caller has locked all of them, and calls
 * {@link refreshConversations}.
 *
 * @param moves  no conversation is both moved from and moved into
 */
export async function moveConversations(
  tx: Tx,
  hooks: readonly SentMailHook[],
  moves: readonly ConversationMove[],
): Promise<void> {
  if (moves.length === 0) return
  const moved = sql`unnest(${moves.map(({ from }) => from)}::uuid[], ${moves.map(({ into }) => into)}::uuid[])
    AS moved(source, target)`
  for (const table of ['messages', 'conversation_message_ids', 'notes', 'drafts']) {
    await sql`UPDATE ${sql.table(table)} AS content SET conversation_id = moved.target FROM ${moved}
      WHERE content.conversation_id = moved.source`.execute(tx)
  }
  await sql`WITH content AS (DELETE FROM conversation_followers USING ${moved}
      WHERE conversation_id = moved.source RETURNING moved.target, person_id, is_following, followed_by)
    INSERT INTO conversation_followers AS known (conversation_id, person_id, is_following, followed_by)
    SELECT target, person_id, bool_and(is_following), CASE WHEN count(*) = 1 THEN (array_agg(followed_by))[1] END
    FROM content GROUP BY target, person_id
    -- What a person decided about the target stays.
    ON CONFLICT (conversation_id, person_id) DO UPDATE SET followed_by = NULL
      WHERE known.followed_by IS NOT NULL AND excluded.is_following`.execute(tx)
  await sql`WITH content AS (DELETE FROM conversation_mentions USING ${moved}
      WHERE conversation_id = moved.source RETURNING moved.target, person_id, mentioned_at, is_unread)
    INSERT INTO conversation_mentions (conversation_id, person_id, mentioned_at, is_unread)
    SELECT target, person_id, max(mentioned_at), bool_or(is_unread) FROM content GROUP BY target, person_id
    ON CONFLICT (person_id, conversation_id) DO UPDATE
      SET mentioned_at = greatest(conversation_mentions.mentioned_at, excluded.mentioned_at),
        is_unread = conversation_mentions.is_unread OR excluded.is_unread`.execute(tx)
  for (const { from, into } of moves) for (const hook of hooks) await hook.merged(tx, from, into)
  // Conversations merged before point to the new target, so that there are no chains.
  await sql`UPDATE conversations SET merged_into = moved.target FROM ${moved}
    WHERE conversations.merged_into = moved.source`.execute(tx)
  await sql`UPDATE conversations SET has_files = true FROM ${moved} JOIN conversations AS source ON source.id = moved.source
    WHERE conversations.id = moved.target AND source.has_files AND NOT conversations.has_files`.execute(tx)
  // The target has messages and Message-IDs of all their mailboxes.
  await sql`UPDATE conversations SET moved_from = ARRAY(
      SELECT DISTINCT id FROM unnest(conversations.moved_from || source.moved_from || source.email_account_id) AS id
      WHERE id <> conversations.email_account_id)
    FROM ${moved} JOIN conversations AS source ON source.id = moved.source
    WHERE conversations.id = moved.target
      AND (source.moved_from <> '{}' OR source.email_account_id <> conversations.email_account_id)`.execute(tx)
  await sql`UPDATE conversations SET email_account_id = target.email_account_id
    FROM ${moved} JOIN conversations AS target ON target.id = moved.target
    WHERE conversations.id = moved.source AND conversations.email_account_id <> target.email_account_id`.execute(tx)
  // The mail stays on hold. Of two holds, the target has both reasons, and the person and time of its own or the first one.
  await sql`WITH held AS (SELECT moved.target, string_agg(DISTINCT source.hold_reason, E'\n') FILTER (
        WHERE target.hold_reason IS NULL
          OR position(E'\n' || source.hold_reason || E'\n' IN E'\n' || target.hold_reason || E'\n') = 0) AS reasons,
      (array_agg(source.held_by ORDER BY source.held_at))[1] AS held_by, min(source.held_at) AS held_at
      FROM ${moved} JOIN conversations AS source ON source.id = moved.source
        JOIN conversations AS target ON target.id = moved.target
      WHERE source.held_at IS NOT NULL GROUP BY moved.target)
    UPDATE conversations SET hold_reason = left(concat_ws(E'\n', hold_reason, reasons), ${MOST_HOLD_REASON}),
      held_by = coalesce(conversations.held_by, held.held_by), held_at = coalesce(conversations.held_at, held.held_at)
    FROM held WHERE conversations.id = held.target`.execute(tx)
  await sql`UPDATE conversations SET merged_into = moved.target, status = 'closed', place = 'inbox', placed_by = NULL, snoozed_until = NULL,
      needs_reply = false, unread = false, news_at = NULL, last_sent_at = NULL, message_count = 0,
      hold_reason = NULL, held_by = NULL, held_at = NULL
    FROM ${moved} WHERE conversations.id = moved.source`.execute(tx)
}

/**
 * Updates the columns that lists show from the stored messages, except participants and the need of a reply: an answer may
 * have no copy here, and a delivery report changes neither.
 */
export async function refreshConversations(tx: Tx, ids: readonly ConversationId[]): Promise<void> {
  await sql`UPDATE conversations SET
      message_count = (SELECT count(*) FROM messages WHERE conversation_id = conversations.id),
      last_sent_at = ${lastSent(sql`conversations.id`)},
      (unread, news_at) = ${unreadMail(sql`conversations.id`)},
      ${LATEST_COLUMNS} = ${ofLatestMessage(sql`conversations.id`)},
      has_files = has_files AND ${hasFiles(sql`conversations.id`)},
      subject = ${firstSubject(sql`conversations.id`)}
    WHERE id = ANY(${[...new Set(ids)]}::uuid[])`.execute(tx)
}
