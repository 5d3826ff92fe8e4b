import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { VisibleAccounts } from '../../events/index.ts'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import type { Reader } from '../team/reads.ts'
import { hitTexts, type HitText } from '../search/hit-texts.ts'
import type { ReadText } from '../search/phrase-check.ts'
import { attachmentsByDraft } from '../drafts/draft-attachments.ts'
import type { Conversation, Draft, MessageHead, Note } from '../stored/conversation.ts'
import { toConversation, toDraft, HEAD_COLUMNS, toMessageHead, IN_JUNK, OWNER, toNote } from '../stored/rows.ts'
import { createConversationCounts, type ConversationCountsOf } from './conversation-counts.ts'
import { createConversationLists, type ConversationList, type ListInput } from './conversation-lists.ts'
import { formatPosition, parsePosition } from './page-position.ts'

const MOST_MESSAGES = 500

export interface ConversationView {
  conversation: Conversation
  /** Oldest first. */
  messages: MessageHead[]
  /** There are older messages: get those `before` the first. */
  earlier: boolean
  /** Position of the oldest message here: `since` of a later request, so that new messages leave no gap. */
  start: string | undefined
  notes: Note[]
  drafts: Draft[]
}

export interface ConversationCounts {
  conversations: number
  messages: number
  notes: number
  drafts: number
  onLegalHold: number
}

export interface MessagePage {
  /** Oldest message of the previous page. */
  before?: StoredMessageId | undefined
  /** `start` of an earlier response: returns all messages from there on, at most 500, regardless of `limit`. */
  since?: string | undefined
  limit?: number
}

/** Conversations as the team sees them. */
export interface ConversationReading {
  list(input: ListInput): Promise<ConversationList>
  /** Texts of messages and notes that a search has found, for excerpts. One statement. */
  hitTexts(ids: readonly StoredMessageId[]): Promise<HitText[]>
  /**
   * A conversation with its latest messages, or the latest before one of them. Five statements, whatever its size, and
   * one more for each of `before` and `since`.
   *
   * @throws AppError `conversations.not_found`; `conversations.no_such_page` when `before` is in another conversation, or
   *   `since` is no position
   */
  get(id: ConversationId, page?: MessagePage): Promise<ConversationView>
  /** Latest message that has a Message-ID and can be answered. One statement. */
  latest(id: ConversationId): Promise<MessageHead | undefined>
  /** Without messages. */
  find(id: ConversationId): Promise<Conversation | undefined>
  /** Counts for the navigation. Two statements, at bounded cost. */
  countViews(input: { emailAccountIds: VisibleAccounts; reader: Reader | undefined }): Promise<ConversationCountsOf>
  /** Rows of an email account. */
  counts(accountId: EmailAccountId): Promise<ConversationCounts>
}

export function createConversationReading(deps: {
  database: Database
  clock: Clock
  readText?: ReadText | undefined
}): ConversationReading {
  const { db } = deps.database

  async function get(
    id: ConversationId,
    { before, since, limit = MOST_MESSAGES }: MessagePage = {},
  ): Promise<ConversationView> {
    const conversation = await find(id)
    if (!conversation) throw new AppError('conversations.not_found')
    let latest = db
      .selectFrom('messages')
      .select([...HEAD_COLUMNS, OWNER, IN_JUNK, sql<string>`received_at::text`.as('place')])
      .where('conversation_id', '=', id)
    const start = since === undefined ? undefined : parsePosition(since)
    if (start) latest = latest.where(sql<boolean>`(received_at, id) >= (${start.at}::timestamptz, ${start.id}::uuid)`)
    if (before !== undefined) {
      if (!(await isIn(id, before))) throw new AppError('conversations.no_such_page')
      latest = latest.where(
        sql<boolean>`(received_at, id) < (SELECT place.received_at, place.id FROM messages place WHERE place.id = ${before})`,
      )
    }
    const most = start ? MOST_MESSAGES : Math.min(Math.max(limit, 1), MOST_MESSAGES)
    const [found, notes, drafts, isStartLater] = await Promise.all([
      latest
        .orderBy('received_at', 'desc')
        .orderBy('id', 'desc')
        .limit(most + 1)
        .execute(),
      db.selectFrom('notes').selectAll().where('conversation_id', '=', id).orderBy('id').execute(),
      db
        .selectFrom('drafts')
        .selectAll()
        .where('conversation_id', '=', id)
        .where('discarded_at', 'is', null)
        .orderBy('id')
        .execute(),
      start && hasEarlier(id, start),
    ])
    const page = found.slice(0, most).reverse()
    const [oldest, ...later] = page
    const earlier = found.length > most || isStartLater === true
    const attachments = await attachmentsByDraft(
      db,
      drafts.map((draft) => draft.id),
    )
    return {
      conversation,
      // The next page ends before the first message of this one, which therefore stays the first.
      messages: (earlier && oldest ? [oldest, ...reportsLast(later)] : reportsLast(page)).map(toMessageHead),
      earlier,
      start: found.length <= most && since !== undefined ? since : oldest && formatPosition(oldest.place, oldest.id),
      notes: notes.map(toNote),
      drafts: drafts.map((draft) => toDraft(draft, attachments.get(draft.id))),
    }
  }

  async function latest(id: ConversationId): Promise<MessageHead | undefined> {
    const row = await db
      .selectFrom('messages')
      .select([...HEAD_COLUMNS, OWNER, IN_JUNK])
      .where('conversation_id', '=', id)
      .where('message_id', 'is not', null)
      .orderBy('received_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row && toMessageHead(row)
  }

  async function find(id: ConversationId): Promise<Conversation | undefined> {
    const row = await db.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst()
    return row && toConversation(row)
  }

  async function counts(accountId: EmailAccountId) {
    const counted = await sql<ConversationCounts>`SELECT
      (SELECT count(*) FROM conversations WHERE email_account_id = ${accountId}) AS conversations,
      (SELECT count(*) FROM messages JOIN conversations ON conversations.id = conversation_id
        WHERE conversations.email_account_id = ${accountId}) AS messages,
      (SELECT count(*) FROM notes JOIN conversations ON conversations.id = conversation_id
        WHERE email_account_id = ${accountId}) AS notes,
      (SELECT count(*) FROM drafts WHERE email_account_id = ${accountId} AND discarded_at IS NULL) AS drafts,
      (SELECT count(*) FROM conversations WHERE email_account_id = ${accountId} AND held_at IS NOT NULL)
        AS "onLegalHold"`.execute(db)
    return counted.rows[0]!
  }

  async function hasEarlier(id: ConversationId, { at, id: messageId }: { at: string; id: string }): Promise<boolean> {
    const { rows } = await sql<{ found: boolean }>`SELECT EXISTS (SELECT FROM messages
      WHERE conversation_id = ${id} AND (received_at, id) < (${at}::timestamptz, ${messageId}::uuid)) AS found`.execute(
      db,
    )
    return rows[0]!.found
  }

  async function isIn(id: ConversationId, messageId: StoredMessageId): Promise<boolean> {
    const row = await db.selectFrom('messages').select('conversation_id').where('id', '=', messageId).executeTakeFirst()
    if (!row) throw new AppError('conversations.not_found')
    return row.conversation_id === id
  }

  return {
    list: createConversationLists(deps),
    hitTexts: (ids) => hitTexts(deps.database, ids),
    countViews: createConversationCounts(deps),
    get,
    latest,
    find,
    counts,
  }
}

/** Delivery reports after the other messages of the same second, see `firstSubject`. */
function reportsLast<Row extends { received_at: Date; reports_on: string | null }>(rows: readonly Row[]): Row[] {
  return rows.toSorted(
    (one, other) =>
      one.received_at.getTime() - other.received_at.getTime() ||
      Number(one.reports_on !== null) - Number(other.reports_on !== null),
  )
}
