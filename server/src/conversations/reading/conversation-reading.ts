import { sql, type RawBuilder, type Selectable } from 'kysely'
import type { Database, Schema } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { toId, type ConversationId, type EmailAccountId, type StoredMessageId } from '../../kernel/ids.ts'
import type { Conversation, MessageHead, StoredMessage } from '../stored/conversation.ts'
import type { ConversationList, ConversationView, ListInput } from '../conversations.ts'
import { attachmentsByDraft } from '../drafts/draft-attachments.ts'
import {
  conversationOf,
  draftOf,
  HEAD_COLUMNS,
  headOf,
  IN_JUNK,
  MESSAGE_COLUMNS,
  messageOf,
  noteOf,
} from '../stored/rows.ts'
import { searchQuery } from '../stored/search-vector.ts'

const MOST_LISTED = 200
const MOST_MESSAGES = 500
/** Conversations that are looked through for words before the index of words is asked. */
const LATEST_SEARCHED = 200
/** Of more mailboxes the latest of all are looked through instead. */
const MOST_LANES = 50

/** What the team sees: lists, one conversation, one message. */
export function createReading({ database }: { database: Database }) {
  const { db } = database

  /** Latest first. The page after is found by the place of the last row, so what arrives meanwhile moves nothing. */
  async function list(input: ListInput): Promise<ConversationList> {
    const limit = Math.min(Math.max(input.limit ?? 50, 1), MOST_LISTED)
    const { emailAccountIds } = input
    if (emailAccountIds !== 'all' && emailAccountIds.length === 0) return { conversations: [], next: undefined }

    const wanted = input.search === undefined ? undefined : searchQuery(input.search)
    if (input.search !== undefined && !wanted) return { conversations: [], next: undefined }
    const rows = await (wanted
      ? withWords(input, wanted, limit + 1)
      : input.view === 'mine'
        ? mine(input, limit + 1)
        : inLanes(input, limit + 1))
    const page = rows.slice(0, limit)
    const last = rows.length > limit ? page.at(-1) : undefined
    return { conversations: page.map(conversationOf), next: last && placeText(last.place, last.id) }
  }

  /**
   * Each mailbox and each state has its own order in an index. The latest of each are merged, so that a list costs the
   * same among a hundred and among a million conversations. One statement.
   */
  async function inLanes(input: ListInput, most: number): Promise<ListedRow[]> {
    const accounts = accountsOf(input)
    const of = accounts !== 'all' && accounts.length <= MOST_LANES ? accounts : undefined
    const states = input.view === 'all' ? ['open', 'closed'] : [input.view === 'closed' ? 'closed' : 'open']
    const { rows } = await sql<ListedRow>`
      SELECT listed.*, listed.last_message_at::text AS place
      FROM unnest(${states}::text[]) AS state(name)
      ${of ? sql`CROSS JOIN unnest(${of}::uuid[]) AS account(id)` : sql``}
      CROSS JOIN LATERAL (
        SELECT * FROM conversations
        WHERE status = state.name AND merged_into IS NULL
          ${of ? sql`AND email_account_id = account.id` : accounts === 'all' ? sql`` : sql`AND email_account_id = ANY(${accounts}::uuid[])`}
          ${input.view === 'unassigned' ? sql`AND assignee_id IS NULL` : sql``}
          ${beforePlace(input)}
        ORDER BY last_message_at DESC, id DESC LIMIT ${most}) AS listed
      ORDER BY listed.last_message_at DESC, listed.id DESC LIMIT ${most}`.execute(db)
    return rows
  }

  /** One statement: what is assigned to somebody has an order of its own in an index. */
  async function mine(input: ListInput, most: number): Promise<ListedRow[]> {
    const { rows } = await sql<ListedRow>`
      SELECT *, last_message_at::text AS place FROM conversations
      WHERE ${narrowing(input)} ${beforePlace(input)}
      ORDER BY last_message_at DESC, id DESC LIMIT ${most}`.execute(db)
    return rows
  }

  /**
   * Words that are in every other message are in the latest ones, and rare ones are quickly found in the index of words.
   * Nobody knows beforehand which they are, PostgreSQL does not either, and each way is slow for the other kind: so the
   * latest are looked at first. Two statements when that is enough, else six.
   */
  async function withWords(input: ListInput, wanted: RawBuilder<unknown>, most: number): Promise<ListedRow[]> {
    const latest = await (input.view === 'mine' ? mine(input, LATEST_SEARCHED) : inLanes(input, LATEST_SEARCHED))
    const hits = await sql<{ id: ConversationId }>`
      SELECT DISTINCT conversation_id AS id FROM messages
      WHERE conversation_id = ANY(${latest.map(({ id }) => id)}::uuid[]) AND search @@ ${wanted}`.execute(db)
    const hit = new Set(hits.rows.map(({ id }) => id))
    const among = latest.filter(({ id }) => hit.has(id))
    if (among.length >= most || latest.length < LATEST_SEARCHED) return among.slice(0, most)

    return database.transaction(async (tx) => {
      // Never message by message: to look into the words of each costs seconds.
      await sql`SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)`.execute(tx)
      const { rows } = await sql<ListedRow>`
        WITH hit AS MATERIALIZED (SELECT DISTINCT conversation_id AS id FROM messages WHERE search @@ ${wanted})
        SELECT conversations.*, last_message_at::text AS place FROM conversations JOIN hit USING (id)
        WHERE ${narrowing(input)} ${beforePlace(input)}
        ORDER BY last_message_at DESC, id DESC LIMIT ${most}`.execute(tx)
      return rows
    })
  }

  async function get(
    id: ConversationId,
    { before, limit = MOST_MESSAGES }: { before?: StoredMessageId | undefined; limit?: number } = {},
  ): Promise<ConversationView> {
    const conversation = await find(id)
    if (!conversation) throw new AppError('conversations.not_found')
    let latest = db
      .selectFrom('messages')
      .select([...HEAD_COLUMNS, IN_JUNK])
      .where('conversation_id', '=', id)
    if (before !== undefined) {
      if ((await message(before)).conversationId !== id) throw new AppError('conversations.no_such_page')
      latest = latest.where(
        sql<boolean>`(received_at, id) < (SELECT place.received_at, place.id FROM messages place WHERE place.id = ${before})`,
      )
    }
    const most = Math.min(Math.max(limit, 1), MOST_MESSAGES)
    const [found, notes, drafts] = await Promise.all([
      latest
        .orderBy('received_at', 'desc')
        .orderBy('id', 'desc')
        .limit(most + 1)
        .execute(),
      db.selectFrom('notes').selectAll().where('conversation_id', '=', id).orderBy('id').execute(),
      db.selectFrom('drafts').selectAll().where('conversation_id', '=', id).orderBy('id').execute(),
    ])
    const attachments = await attachmentsByDraft(
      db,
      drafts.map((draft) => draft.id),
    )
    return {
      conversation,
      messages: found.slice(0, most).reverse().map(headOf),
      earlier: found.length > most,
      notes: notes.map(noteOf),
      drafts: drafts.map((draft) => draftOf(draft, attachments.get(draft.id))),
    }
  }

  async function latest(id: ConversationId): Promise<MessageHead | undefined> {
    const row = await db
      .selectFrom('messages')
      .select([...HEAD_COLUMNS, IN_JUNK])
      .where('conversation_id', '=', id)
      .where('message_id', 'is not', null)
      .orderBy('received_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row && headOf(row)
  }

  async function find(id: ConversationId): Promise<Conversation | undefined> {
    const row = await db.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst()
    return row && conversationOf(row)
  }

  async function message(id: StoredMessageId): Promise<StoredMessage> {
    const row = await db
      .selectFrom('messages')
      .select([...MESSAGE_COLUMNS, IN_JUNK])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw new AppError('conversations.not_found')
    return messageOf(row)
  }

  async function countsOf(accountId: EmailAccountId) {
    const counted = await sql<{ conversations: number; messages: number; notes: number; drafts: number }>`SELECT
      (SELECT count(*) FROM conversations WHERE email_account_id = ${accountId}) AS conversations,
      (SELECT count(*) FROM messages WHERE email_account_id = ${accountId}) AS messages,
      (SELECT count(*) FROM notes JOIN conversations ON conversations.id = conversation_id
        WHERE email_account_id = ${accountId}) AS notes,
      (SELECT count(*) FROM drafts WHERE email_account_id = ${accountId}) AS drafts`.execute(db)
    return counted.rows[0]!
  }

  return { list, get, latest, find, message, countsOf }
}

/** As text, because a Date has no microseconds and the same row would come twice. */
type ListedRow = Selectable<Schema['conversations']> & { place: string }

/** Of those whom the caller may see the one that is asked for, or all of them. */
function accountsOf({ emailAccountIds: seen, emailAccountId: one }: ListInput): readonly EmailAccountId[] | 'all' {
  if (one === undefined) return seen
  return seen === 'all' || seen.includes(one) ? [one] : []
}

/** The view and the mailboxes as conditions. */
function narrowing(input: ListInput): RawBuilder<unknown> {
  const { view, userId = '' } = input
  const accounts = accountsOf(input)
  const conditions = [
    ...(view === 'all' ? [] : [sql`status = ${view === 'closed' ? 'closed' : 'open'}`]),
    ...(view === 'mine' ? [sql`assignee_id = ${userId}`] : []),
    ...(view === 'unassigned' ? [sql`assignee_id IS NULL`] : []),
    ...(accounts === 'all' ? [] : [sql`email_account_id = ANY(${accounts}::uuid[])`]),
  ]
  return conditions.length === 0 ? sql`TRUE` : sql.join(conditions, sql` AND `)
}

function beforePlace({ before }: ListInput): RawBuilder<unknown> {
  if (before === undefined) return sql``
  const { at, id } = placeFrom(before)
  return sql`AND (last_message_at, id) < (${at}::timestamptz, ${id}::uuid)`
}

export function placeText(at: string, id: ConversationId | StoredMessageId): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

/** A place comes back from outside: it must be what {@link placeText} wrote. */
export function placeFrom(text: string): { at: string; id: ConversationId } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (Array.isArray(parsed) && typeof parsed[0] === 'string' && typeof parsed[1] === 'string') {
      const id = toId<ConversationId>(parsed[1])
      if (id && /^[\d:. +-]+$/.test(parsed[0]) && !Number.isNaN(Date.parse(parsed[0]))) return { at: parsed[0], id }
    }
  } catch (error) {
    throw new AppError('conversations.no_such_page', { cause: error })
  }
  throw new AppError('conversations.no_such_page')
}
