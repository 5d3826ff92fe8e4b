import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import { bringsFiles, firstSubject, LATEST_COLUMNS, ofLatestMessage, unreadMail } from '../stored/shown-columns.ts'
import { storable, storableAddress, storableLine, timeText } from '../stored/storable.ts'
import {
  existingConversation,
  type AddedMessage,
  type ConversationIndex,
  type GrowingConversation,
} from './conversation-index.ts'
import type { FilingAccount } from './filing-account.ts'
import { saveMessageIds } from './related-message-ids.ts'

/** Inserts the new conversations of a page, complete with the facts of its messages. Messages refer to them: call first. */
export async function insertConversations(tx: Tx, account: FilingAccount, index: ConversationIndex): Promise<void> {
  const rows = [...index.conversations.values()].filter(({ isNew }) => isNew).map((growing) => newRow(account, growing))
  if (rows.length === 0) return
  await sql`
    INSERT INTO conversations (id, email_account_id, subject, status, participants, preview, unread, news_at, needs_reply,
      message_count, last_message_at, last_message_id, last_direction, has_files, created_at, place, placed_by, last_sent_at)
    SELECT id, email_account_id, subject, status, participants, preview, unread, CASE WHEN unread THEN stored_at END, needs_reply,
      message_count, last_message_at, last_message_id, last_direction, has_files, created_at, place, placed_by, last_sent_at
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS row (id uuid, email_account_id uuid, subject text,
      status text, participants jsonb, preview text, unread boolean, stored_at timestamptz,
      needs_reply boolean, message_count integer,
      last_message_at timestamptz, last_message_id uuid, last_direction text, has_files boolean,
      created_at timestamptz, place text, placed_by text, last_sent_at timestamptz)`.execute(tx)
}

/** Updates the grown conversations of a page out of all their messages, as older mail may follow newer. Call last. */
export async function updateConversations(tx: Tx, account: FilingAccount, index: ConversationIndex): Promise<void> {
  await saveMessageIds(tx, [account.id], index.newMessageIds, index.sentMessageIds)
  await saveElsewhere(tx, index)
  const rows = [...index.conversations.values()]
    .filter(({ isNew, added }) => !isNew && added.length > 0)
    .map(({ id, participants, status, place, placedBy, added }) => {
      const ids = added.map(({ messageId }) => messageId)
      const [sent, hasFiles] = [lastSentAt(added), added.some(({ message }) => bringsFiles(message))]
      const grown = { id, participants: participants.map(storableAddress), status, place, placed_by: placedBy }
      return { ...grown, sent, ids: `{${ids.join()}}`, has_files: hasFiles }
    })
  if (rows.length === 0) return
  await sql`
    UPDATE conversations AS grown SET
      participants = row.participants,
      status = row.status,
      place = row.place,
      placed_by = row.placed_by,
      snoozed_until = CASE WHEN row.status = 'snoozed' THEN grown.snoozed_until END,
      message_count = message_count + cardinality(row.ids),
      -- Unchanged unless the latest message of a person is new: an answer may have no copy here.
      needs_reply = coalesce((SELECT CASE WHEN id = ANY(row.ids) THEN direction = 'in' ELSE grown.needs_reply END
        FROM messages WHERE conversation_id = row.id AND NOT is_automatic
        ORDER BY received_at DESC, id DESC LIMIT 1), grown.needs_reply),
      last_sent_at = GREATEST(grown.last_sent_at, row.sent),
      (unread, news_at) = ${unreadMail(sql`row.id`)},
      ${LATEST_COLUMNS} = ${ofLatestMessage(sql`row.id`)},
      has_files = grown.has_files OR row.has_files,
      subject = ${firstSubject(sql`row.id`)}
    FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS row (id uuid, participants jsonb, status text, place text, placed_by text, sent timestamptz, ids uuid[],
        has_files boolean)
    WHERE grown.id = row.id`.execute(tx)
}

/** Saves the Message-IDs of moved conversations in their other mailboxes. No statement without such a conversation. */
async function saveElsewhere(tx: Tx, index: ConversationIndex): Promise<void> {
  const ids = Map.groupBy(index.newMessageIds, ([, id]) => existingConversation(index, id))
  const moved = [...ids].toSorted(([one], [other]) => ((one?.id ?? '') < (other?.id ?? '') ? -1 : 1))
  for (const [conversation, some] of moved) {
    const others = conversation?.otherAccountIds ?? []
    if (others.length > 0) await saveMessageIds(tx, others, new Map(some), index.sentMessageIds)
  }
}

function newRow(account: FilingAccount, growing: GrowingConversation) {
  const { id, participants, status, place, placedBy, added, createdAt } = growing
  const byTime = added.toSorted(
    (one, other) =>
      one.message.receivedAt.getTime() - other.message.receivedAt.getTime() ||
      (one.messageId < other.messageId ? -1 : 1),
  )
  const first = byTime[0]!.message
  const { message: last, messageId, direction } = byTime.at(-1)!
  const lastOfPerson = byTime.findLast(({ isAutomatic }) => !isAutomatic)
  return {
    id,
    email_account_id: account.id,
    subject: storableLine(first.subject),
    status,
    place,
    placed_by: placedBy,
    participants: participants.map(storableAddress),
    preview: storable(last.preview),
    unread: added.some(({ unread }) => unread),
    stored_at: timeText(createdAt),
    needs_reply: lastOfPerson?.direction === 'in',
    message_count: added.length,
    last_message_at: timeText(last.receivedAt),
    last_message_id: messageId,
    last_direction: direction,
    has_files: added.some(({ message }) => bringsFiles(message)),
    created_at: timeText(createdAt),
    last_sent_at: lastSentAt(added),
  }
}

/** GREATEST ignores null, in SQL. */
function lastSentAt(added: readonly AddedMessage[]): string | null {
  const sent = added.filter(({ direction, isAutomatic }) => direction === 'out' && !isAutomatic)
  if (sent.length === 0) return null
  return timeText(new Date(Math.max(...sent.map(({ message }) => message.receivedAt.getTime()))))
}
