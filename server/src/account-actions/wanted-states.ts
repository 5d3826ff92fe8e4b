import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import type { ConversationId, EmailAccountId } from '../kernel/ids.ts'

/** A conversation whose state a person changed. Messages stored after `at` are not concerned. */
export interface ConversationChange {
  conversationId: ConversationId
  at: Date
  /** Author of the change. */
  by: string
  /** Folders that messages leave for the inbox, although Postkey did not put them there. */
  leaves?: { junk: boolean; trash: boolean }
}

/** A message whose wanted state changed. */
export interface Wanted {
  conversationId: ConversationId
  emailAccountId: EmailAccountId
}

/**
 * Locks the stored wanted states of conversations in the order of their ids, before the statements below change them in
 * any order: other transactions lock them in this order too, so that they can't deadlock.
 */
export async function lockWanted(tx: Tx, ids: Iterable<ConversationId>): Promise<void> {
  await sql`SELECT message_id FROM account_actions
    WHERE message_id IN (SELECT id FROM messages WHERE conversation_id = ANY(${[...ids]}::uuid[]))
    ORDER BY message_id FOR UPDATE`.execute(tx)
}

function columnsOf(changes: readonly ConversationChange[]) {
  return sql`unnest(${changes.map(({ conversationId }) => conversationId)}::uuid[],
    ${changes.map(({ at }) => at)}::timestamptz[], ${changes.map(({ leaves }) => leaves?.junk ?? false)}::boolean[],
    ${changes.map(({ leaves }) => leaves?.trash ?? false)}::boolean[])
    AS change(conversation_id, at, leaves_junk, leaves_trash)`
}

/** Wants received messages of conversations to be read. Two indexed statements together, whatever their number. */
export async function wantSeen(
  tx: Tx,
  changes: readonly ConversationChange[],
  now: Date,
  full: readonly EmailAccountId[],
): Promise<Wanted[]> {
  if (changes.length === 0) return []
  const { rows } = await sql<Wanted>`
    WITH wanted AS MATERIALIZED (
      SELECT messages.id, messages.email_account_id, messages.conversation_id
      FROM ${columnsOf(changes)} JOIN messages USING (conversation_id)
        JOIN account_action_settings AS settings USING (email_account_id)
      WHERE marks_read AND direction = 'in' AND created_at <= change.at AND NOT flags @> '{seen}' AND presence <> 'gone'
        AND email_account_id <> ALL(${full}::uuid[])
    ), stored AS (
      INSERT INTO account_actions (message_id, email_account_id, wants_seen, seen_pending, due_at, changed_at)
      SELECT id, email_account_id, true, true, ${now}, ${now} FROM wanted ORDER BY id
      ON CONFLICT (message_id) DO UPDATE SET wants_seen = true, seen_pending = true,
        version = account_actions.version + 1, due_at = excluded.due_at, changed_at = excluded.changed_at, attempts = 0,
        code = NULL
      -- A mark that the server has not reported yet may have been taken back there: it is set again.
      WHERE account_actions.wants_seen IS DISTINCT FROM true OR NOT account_actions.seen_pending
      RETURNING message_id)
    SELECT conversation_id AS "conversationId", email_account_id AS "emailAccountId"
    FROM wanted JOIN stored ON message_id = id`.execute(tx)
  return rows
}

/** Reverts the read mark that Postkey gave to the latest received message of conversations. */
export async function wantUnseen(
  tx: Tx,
  ids: readonly ConversationId[],
  now: Date,
  full: readonly EmailAccountId[],
): Promise<Wanted[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Wanted>`
    UPDATE account_actions AS action SET wants_seen = false, seen_pending = true, version = version + 1,
      due_at = ${now}, changed_at = ${now}, attempts = 0, code = NULL
    FROM (SELECT (SELECT id FROM messages WHERE conversation_id = conversation.id AND direction = 'in'
        ORDER BY received_at DESC, id DESC LIMIT 1) AS message_id, conversation.id AS conversation_id
      FROM unnest(${[...ids]}::uuid[]) AS conversation(id)) AS latest
    WHERE action.message_id = latest.message_id AND wants_seen AND action.email_account_id <> ALL(${full}::uuid[])
    RETURNING latest.conversation_id AS "conversationId", action.email_account_id AS "emailAccountId"`.execute(tx)
  return rows
}

/** A move is to be tried or repeated. A failed one stays `move_pending`, but is not due again. */
const IS_MOVING = sql`move_pending AND due_at IS NOT NULL`

/** Folder of a place in the mailbox of `action`: the newest of several with its role. */
function folderOf(place: string) {
  const ofRole = (role: string) => sql`(SELECT id FROM folders
    WHERE folders.email_account_id = action.email_account_id AND role = ${sql.lit(role)} ORDER BY id DESC LIMIT 1)`
  return sql`CASE ${sql.ref(place)} WHEN 'home' THEN home_folder_id WHEN 'closed' THEN closed_folder_id
    WHEN 'junk' THEN ${ofRole('junk')} WHEN 'trash' THEN ${ofRole('trash')} END`
}

/**
 * Wants received messages of conversations to be in the folder that fits the state of their conversation now, each by
 * the settings of its own mailbox: a moved conversation has messages of several. A message that Postkey did not
 * put into Junk or Deleted Items returns from there only after “not spam” or a restoration. Nothing moves out of Sent
 * and Drafts.
 */
export async function wantPlaces(
  tx: Tx,
  changes: readonly ConversationChange[],
  now: Date,
  full: readonly EmailAccountId[],
): Promise<Wanted[]> {
  if (changes.length === 0) return []
  const { rows } = await sql<Wanted>`
    WITH placed AS MATERIALIZED (
      SELECT conversations.id AS conversation_id, change.at, change.leaves_junk AND moves_spam AS leaves_junk,
        change.leaves_trash AND moves_deleted AS leaves_trash, closed_folder_id, settings.email_account_id,
        CASE conversations.place
          WHEN 'spam' THEN CASE WHEN moves_spam THEN 'junk' END
          WHEN 'deleted' THEN CASE WHEN moves_deleted THEN 'trash' END
          ELSE CASE WHEN status = 'closed' AND moves_closed THEN 'closed' ELSE 'home' END END AS place,
        status = 'closed' AND conversations.place = 'inbox' AS is_closed
      FROM ${columnsOf(changes)} JOIN conversations ON conversations.id = change.conversation_id
        JOIN account_action_settings AS settings ON settings.email_account_id = conversations.email_account_id
          OR settings.email_account_id = ANY(moved_from)
      WHERE merged_into IS NULL AND settings.email_account_id <> ALL(${full}::uuid[])
    ), located AS MATERIALIZED (
      -- Messages with a known folder out of which the wanted place may move them. Of several folders, that of the last
      -- move comes first.
      SELECT DISTINCT ON (messages.id) messages.id, messages.email_account_id, conversation_id, placed.place,
        folders.id AS folder_id, is_left,
        CASE WHEN role IN ('junk', 'trash') THEN (SELECT inbox.id FROM folders AS inbox
          WHERE inbox.email_account_id = messages.email_account_id AND inbox.role = 'inbox' LIMIT 1) END AS inbox_id,
        messages.created_at <= placed.at AND presence <> 'gone' AS is_concerned
      FROM placed JOIN messages USING (conversation_id, email_account_id)
        LEFT JOIN account_actions AS action ON action.message_id = messages.id
        LEFT JOIN message_locations AS location ON location.message_id = messages.id
          AND location.remote_id = messages.remote_id
        -- Junk and Deleted Items may not be synchronized.
        JOIN folders ON folders.id = coalesce(location.folder_id, (SELECT other.id FROM folders AS other
          WHERE other.email_account_id = messages.email_account_id AND other.role = messages.discarded_to
          ORDER BY other.id DESC LIMIT 1))
        CROSS JOIN LATERAL (SELECT coalesce(leaves_junk AND role = 'junk' OR leaves_trash AND role = 'trash', false)
          AS is_left) AS leaving
      WHERE direction = 'in' AND coalesce(role, '') NOT IN ('sent', 'drafts')
        AND CASE placed.place
          WHEN 'home' THEN is_left
          WHEN 'closed' THEN (is_left OR coalesce(role, '') NOT IN ('junk', 'trash'))
            AND folders.id IS DISTINCT FROM closed_folder_id
          WHEN 'junk' THEN coalesce(role, '') NOT IN ('junk', 'trash')
          WHEN 'trash' THEN coalesce(role, '') <> 'trash' END
      ORDER BY messages.id, folders.id IS NOT DISTINCT FROM action.at_folder_id DESC, folders.id
    ), moved AS (
      -- A message whose move is settled or has failed is moved from where it is now. Another program may have filed it
      -- there since: then that folder is its home, or the inbox if the program discarded it.
      UPDATE account_actions AS action SET place = placed.place, move_pending = true, version = version + 1,
        at_folder_id = CASE WHEN NOT (${IS_MOVING}) THEN coalesce(folder_id, at_folder_id)
          -- It may be there, if a server was killed after the move.
          WHEN ${folderOf('placed.place')} = coalesce(at_folder_id, home_folder_id)
            THEN coalesce(${folderOf('action.place')}, at_folder_id)
          -- It never left, or has returned.
          WHEN folder_id = home_folder_id THEN folder_id
          ELSE at_folder_id END,
        home_folder_id = CASE WHEN ${IS_MOVING} OR folder_id IS NULL OR folder_id = coalesce(at_folder_id, home_folder_id)
          THEN home_folder_id ELSE coalesce(inbox_id, folder_id) END,
        due_at = ${now}, changed_at = ${now}, attempts = 0, code = NULL
      FROM placed JOIN messages USING (conversation_id, email_account_id) LEFT JOIN located USING (id)
      WHERE action.message_id = messages.id AND action.place <> placed.place
        -- After a switch-off, closing does not move messages back.
        AND NOT (action.place = 'closed' AND placed.is_closed AND is_left IS NOT TRUE)
      RETURNING messages.conversation_id, messages.email_account_id
    ), wanted AS MATERIALIZED (
      SELECT * FROM located WHERE is_concerned AND NOT EXISTS (SELECT FROM account_actions AS action
        WHERE message_id = located.id AND (${IS_MOVING} OR action.place <> located.place))
    ), stored AS (
      INSERT INTO account_actions
        (message_id, email_account_id, place, move_pending, home_folder_id, at_folder_id, due_at, changed_at)
      SELECT id, email_account_id, place, true, coalesce(inbox_id, folder_id),
        CASE WHEN inbox_id IS NOT NULL THEN folder_id END, ${now}::timestamptz, ${now}::timestamptz
      FROM wanted ORDER BY id
      -- Where it is now, and where it was before the first move. Another program may have moved it since Postkey did: then
      -- its home is the folder that the other program chose.
      ON CONFLICT (message_id) DO UPDATE SET place = excluded.place, move_pending = true,
        at_folder_id = coalesce(excluded.at_folder_id, excluded.home_folder_id),
        home_folder_id = CASE WHEN account_actions.at_folder_id = coalesce(excluded.at_folder_id, excluded.home_folder_id)
            AND account_actions.home_folder_id <> account_actions.at_folder_id
          THEN account_actions.home_folder_id ELSE excluded.home_folder_id END,
        version = account_actions.version + 1,
        due_at = excluded.due_at, changed_at = excluded.changed_at, attempts = 0, code = NULL
      RETURNING message_id)
    SELECT conversation_id AS "conversationId", email_account_id AS "emailAccountId" FROM moved
    UNION ALL
    SELECT conversation_id, email_account_id FROM wanted JOIN stored ON message_id = id`.execute(tx)
  return rows
}
