import { sql, type RawBuilder } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import type { Conversation, MessageHead } from '../stored/conversation.ts'
import { isMentioned, markMentionsRead } from './mentions.ts'

/** A person who reads. Mail from before `since`, when they joined the team, counts as read. */
export interface Reader {
  id: string
  since: Date
}

/** A person who has read the latest message of the customer. */
export interface SeenBy {
  personId: string
  at: Date
}

/** Read state of each person. Their flags in the mailbox are set by room account-actions. */
export interface Reads {
  /**
   * Replaces `unread` of conversations by the state for a person, and adds the people whose names a row shows. One
   * statement, for the rows of a page.
   */
  forReader<C extends Conversation>(reader: Reader, conversations: readonly C[]): Promise<(C & RowPeople)[]>
  /** The same for a conversation with its messages. One statement. */
  viewFor<View extends { conversation: Conversation; messages: MessageHead[] }>(
    reader: Reader,
    view: View,
  ): Promise<View>
  /** One statement. */
  seenBy(id: ConversationId): Promise<SeenBy[]>
  markSeen(id: ConversationId, reader: Reader): Promise<Conversation>
  /** The same for many conversations, in two statements. The caller appends the events of those that were unread. */
  markManySeen(tx: Tx, ids: readonly ConversationId[], reader: Reader): Promise<ReadonlySet<ConversationId>>
  /** Marks a conversation as unread for one person, until they mark it as seen. */
  markUnread(id: ConversationId, reader: Reader): Promise<Conversation>
}

/** People whom the row of a conversation names. */
export interface RowPeople {
  /** Author of the latest message, if it was sent from here. As in notes: a person, `api-key:…` or Postkey itself. */
  lastAuthorId: string | undefined
  /** Authors of drafts in the conversation; at most 5. */
  draftAuthorIds: readonly string[]
}

interface ReadRow {
  conversation_id: ConversationId
  read_at: Date | null
  is_unread: boolean
  news_at: Date | null
  author: string | null
  drafted_by: string[]
}

const MOST_DRAFTED = 5

export function createReads(deps: {
  database: Database
  clock: Clock
  events: Events
  find: (id: ConversationId) => Promise<Conversation | undefined>
}): Reads {
  const { database, clock, events, find } = deps
  const { db } = database

  /** Read states of conversations, by their ids. */
  async function rowsOf({ id }: Reader, ids: readonly ConversationId[]): Promise<Map<ConversationId, ReadRow>> {
    if (ids.length === 0) return new Map()
    const { rows } = await sql<ReadRow>`
      SELECT conversations.id AS conversation_id, read_at, news_at,
        coalesce(conversation_reads.is_unread, false) OR ${isMentioned(id)} AS is_unread,
        CASE WHEN last_direction = 'out' THEN
          (SELECT submitted_by FROM submissions WHERE sent_message_id = last_message_id LIMIT 1) END AS author,
        ARRAY(SELECT DISTINCT author_id FROM drafts
          WHERE conversation_id = conversations.id AND discarded_at IS NULL LIMIT ${MOST_DRAFTED}) AS drafted_by
      FROM conversations LEFT JOIN conversation_reads
        ON conversation_reads.conversation_id = conversations.id AND person_id = ${id}
      WHERE conversations.id = ANY(${ids}::uuid[])`.execute(db)
    return new Map(rows.map((row) => [row.conversation_id, row]))
  }

  function isUnread(row: ReadRow | undefined, { since }: Reader): boolean {
    if (!row) return false
    return row.is_unread || (row.news_at !== null && isNews(row.news_at, row, since))
  }

  async function forReader<C extends Conversation>(
    reader: Reader,
    conversations: readonly C[],
  ): Promise<(C & RowPeople)[]> {
    const rows = await rowsOf(
      reader,
      conversations.map(({ id }) => id),
    )
    return conversations.map((each) => {
      const row = rows.get(each.id)
      const people = { lastAuthorId: row?.author ?? undefined, draftAuthorIds: row?.drafted_by ?? [] }
      return { ...each, ...people, unread: isUnread(row, reader) }
    })
  }

  async function viewFor<View extends { conversation: Conversation; messages: MessageHead[] }>(
    reader: Reader,
    view: View,
  ): Promise<View> {
    const row = (await rowsOf(reader, [view.conversation.id])).get(view.conversation.id)
    return {
      ...view,
      conversation: { ...view.conversation, unread: isUnread(row, reader) },
      messages: view.messages.map((message) => ({
        ...message,
        unread: message.unread && isNews(message.storedAt, row, reader.since),
      })),
    }
  }

  async function seenBy(id: ConversationId): Promise<SeenBy[]> {
    const { rows } = await sql<SeenBy>`SELECT person_id AS "personId", read_at AS at FROM conversation_reads
      WHERE conversation_id = ${id} AND NOT is_unread AND read_at >= coalesce((SELECT max(created_at) FROM messages
        WHERE conversation_id = ${id} AND direction = 'in'), '-infinity')
      ORDER BY read_at, person_id`.execute(db)
    return rows
  }

  async function mark(id: ConversationId, reader: Reader, wantsUnread: boolean): Promise<Conversation> {
    const conversation = await find(id)
    if (!conversation) throw new AppError('conversations.not_found')
    const [before] = await forReader(reader, [conversation])
    const after = { ...conversation, unread: wantsUnread }
    const now = clock.now()
    await database.transaction(async (tx) => {
      await sql`INSERT INTO conversation_reads (conversation_id, person_id, read_at, is_unread)
        VALUES (${id}, ${reader.id}, ${now}, ${wantsUnread})
        ON CONFLICT (conversation_id, person_id) DO UPDATE SET is_unread = excluded.is_unread,
          read_at = CASE WHEN excluded.is_unread THEN conversation_reads.read_at ELSE excluded.read_at END`.execute(tx)
      if (!wantsUnread) await markMentionsRead(tx, [id], reader.id)
      if (before!.unread === wantsUnread) return
      await events.append(tx, {
        kind: wantsUnread ? 'conversation.unread_marked' : 'conversation.seen',
        emailAccountId: conversation.emailAccountId,
        subjectId: id,
        payload: { conversationId: id, by: `person:${reader.id}` },
        at: now,
      })
    })
    return after
  }

  async function markManySeen(
    tx: Tx,
    ids: readonly ConversationId[],
    { id, since }: Reader,
  ): Promise<ReadonlySet<ConversationId>> {
    const { rows } = await sql<{ id: ConversationId }>`
      INSERT INTO conversation_reads (conversation_id, person_id, read_at, is_unread)
      SELECT conversations.id, ${id}, ${clock.now()}, false
      FROM conversations LEFT JOIN conversation_reads
        ON conversation_reads.conversation_id = conversations.id AND person_id = ${id}
      WHERE conversations.id = ANY(${ids}::uuid[])
        AND (${isUnreadFor({ since })} OR ${isMentioned(id)})
      ON CONFLICT (conversation_id, person_id) DO UPDATE SET is_unread = false, read_at = excluded.read_at
      RETURNING conversation_id AS id`.execute(tx)
    await markMentionsRead(tx, ids, id)
    return new Set(rows.map((row) => row.id))
  }

  return {
    forReader,
    viewFor,
    seenBy,
    markManySeen,
    markSeen: (id, reader) => mark(id, reader, false),
    markUnread: (id, reader) => mark(id, reader, true),
  }
}

/** Ends what keeps conversations unread for single people: their own marks, and mentions. Two statements. */
export async function endUnreadMarks(tx: Tx, ids: readonly ConversationId[]): Promise<void> {
  await sql`UPDATE conversation_reads SET is_unread = false
    WHERE conversation_id = ANY(${[...ids]}::uuid[]) AND is_unread`.execute(tx)
  await sql`UPDATE conversation_mentions SET is_unread = false
    WHERE conversation_id = ANY(${[...ids]}::uuid[]) AND is_unread`.execute(tx)
}

/** Condition on `conversations` with the row of a person in `conversation_reads`, which may be missing. */
export function isUnreadFor({ since }: Pick<Reader, 'since'>): RawBuilder<unknown> {
  return sql`(coalesce(is_unread, false) OR CASE WHEN read_at IS NULL THEN news_at >= ${since} ELSE news_at > read_at END)`
}

function isNews(at: Date, row: Pick<ReadRow, 'read_at'> | undefined, since: Date): boolean {
  return row?.read_at ? at > row.read_at : at >= since
}
