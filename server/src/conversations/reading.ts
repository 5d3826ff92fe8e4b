import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import { toId, type ConversationId, type EmailAccountId, type StoredMessageId } from '../kernel/ids.ts'
import type { Conversation, MessageHead, StoredMessage } from './conversation.ts'
import type { ConversationList, ConversationView, ListInput } from './conversations.ts'
import { attachmentsByDraft } from './draft-attachments.ts'
import { conversationOf, draftOf, HEAD_COLUMNS, headOf, MESSAGE_COLUMNS, messageOf, noteOf } from './rows.ts'
import { searchQuery } from './search.ts'

const MOST_LISTED = 200
const MOST_MESSAGES = 500

/** What the team sees: lists, one conversation, one message. */
export function createReading({ database }: { database: Database }) {
  const { db } = database

  /** Latest first. The page after is found by the place of the last row, so what arrives meanwhile moves nothing. */
  async function list(input: ListInput): Promise<ConversationList> {
    const limit = Math.min(Math.max(input.limit ?? 50, 1), MOST_LISTED)
    const { emailAccountIds } = input
    if (emailAccountIds !== 'all' && emailAccountIds.length === 0) return { conversations: [], next: undefined }

    let query = db.selectFrom('conversations').selectAll()
    if (emailAccountIds !== 'all') query = query.where('email_account_id', 'in', [...emailAccountIds])
    if (input.emailAccountId) query = query.where('email_account_id', '=', input.emailAccountId)
    switch (input.view) {
      case 'open':
      case 'closed':
        query = query.where('status', '=', input.view)
        break
      case 'mine':
        query = query.where('status', '=', 'open').where('assignee_id', '=', input.userId ?? '')
        break
      case 'unassigned':
        query = query.where('status', '=', 'open').where('assignee_id', 'is', null)
        break
      case 'all':
        break
    }
    if (input.search !== undefined) {
      const wanted = searchQuery(input.search)
      if (!wanted) return { conversations: [], next: undefined }
      query = query.where('id', 'in', (messages) =>
        messages
          .selectFrom('messages')
          .select('conversation_id')
          .where(sql<boolean>`search @@ ${wanted}`),
      )
    }
    if (input.before !== undefined) {
      const { at, id } = placeFrom(input.before)
      query = query.where(sql<boolean>`(last_message_at, id) < (${at}::timestamptz, ${id}::uuid)`)
    }
    // As text, because a Date has no microseconds and the same row would come twice.
    const rows = await query
      .select(sql<string>`last_message_at::text`.as('place'))
      .orderBy('last_message_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    const page = rows.slice(0, limit)
    const last = rows.length > limit ? page.at(-1) : undefined
    return { conversations: page.map(conversationOf), next: last && placeText(last.place, last.id) }
  }

  async function get(
    id: ConversationId,
    { before, limit = MOST_MESSAGES }: { before?: StoredMessageId | undefined; limit?: number } = {},
  ): Promise<ConversationView> {
    const conversation = await find(id)
    if (!conversation) throw new AppError('conversations.not_found')
    let latest = db.selectFrom('messages').select(HEAD_COLUMNS).where('conversation_id', '=', id)
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
      .select(HEAD_COLUMNS)
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
    const row = await db.selectFrom('messages').select(MESSAGE_COLUMNS).where('id', '=', id).executeTakeFirst()
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

function placeText(lastMessageAt: string, id: ConversationId): string {
  return Buffer.from(JSON.stringify([lastMessageAt, id])).toString('base64url')
}

/** A place comes back from outside: it must be what {@link placeText} wrote. */
function placeFrom(text: string): { at: string; id: ConversationId } {
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
