import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { VisibleAccounts } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { ConversationId, EmailAccountId, StoredMessageId, TagId } from '../../kernel/ids.ts'
import type { Conversation } from '../stored/conversation.ts'
import { toConversation } from '../stored/rows.ts'
import { selectionOf, type ConversationListView, type ListName, type OwnIndex } from './list-views.ts'
import type { ListedRow } from './listed-row.ts'
import { messageCondition } from '../search/message-condition.ts'
import type { ReadText } from '../search/phrase-check.ts'
import { searchMessages } from '../search/word-search.ts'
import { parseSearch } from '../search-language/parse-search.ts'
import type { ParsedSearch } from '../search-language/search-terms.ts'
import { isMentioned } from '../team/mentions.ts'
import { conversationConditions } from './conversation-conditions.ts'
import { scanConversations } from './conversation-scan.ts'
import { formatPosition, parsePosition } from './page-position.ts'
import { listTagged } from './tagged-conversations.ts'

const MOST_LISTED = 200
/** With more mailboxes, the list is read in one order over all of them. */
const MOST_LANES = 50
/** With more tags, a search reads the conversations with and without them. */
const MOST_TAG_LANES = 10

export interface ListInput {
  emailAccountIds: VisibleAccounts
  view: ConversationListView
  /** Person of the views `mine` and `mentions`. */
  userId?: string | undefined
  emailAccountId?: EmailAccountId | undefined
  /** Only conversations with this tag. */
  tagId?: TagId | undefined
  /** A query; as text without names of people and mailboxes. */
  search?: string | ParsedSearch | undefined
  /** `next` of the previous page. */
  before?: string | undefined
  /** 1 to 200; 50 by default. */
  limit?: number | undefined
  /** Time after which a search returns what it has found; set by tests. */
  searchLimitMs?: number | undefined
  /** Only those of these conversations that are in the view. Of a search, Spam and Deleted apply if it names them. */
  ids?: readonly ConversationId[] | undefined
}

export interface ConversationList {
  conversations: Conversation[]
  /** Position of the next page; undefined at the end. A search that reached its time limit may return a short page. */
  next: string | undefined
  /** Message or note that a search found in each conversation, in the same order. */
  hitIds?: readonly StoredMessageId[] | undefined
}

/** Lists conversations. */
export function createConversationLists({
  database,
  clock,
  readText = () => Promise.resolve(),
}: {
  database: Database
  clock: Clock
  readText?: ReadText | undefined
}) {
  const { db } = database

  /** Latest first. Keyset pagination: new mail does not move rows between pages. */
  return async function list(input: ListInput): Promise<ConversationList> {
    const limit = Math.min(Math.max(input.limit ?? 50, 1), MOST_LISTED)
    const { emailAccountIds } = input
    if (emailAccountIds !== 'all' && emailAccountIds.length === 0) return { conversations: [], next: undefined }

    if (input.ids) return { conversations: (await byIds(input, input.ids)).map(toConversation), next: undefined }
    if (input.search !== undefined) return search(input, input.search, limit)
    return pageOf(await rowsOf(input, limit + 1), limit)
  }

  function rowsOf(input: ListInput, most: number): Promise<ListedRow[]> {
    const { lists, ownIndex } = selectionOf(input.view)
    if (input.tagId !== undefined) {
      const accounts = accountsOf(input)
      const lanes = { lists, accounts: accounts !== 'all' && accounts.length <= MOST_LANES ? accounts : undefined }
      return listTagged(db, input.tagId, { ...lanes, condition: narrowing(input), before: input.before, most })
    }
    if (ownIndex) return selected(input, ownIndex, most)
    return input.view === 'mine' || input.view === 'mentions'
      ? ofPerson(input, narrowing(input), most)
      : inLanes(input, most)
  }

  /**
   * Merges the latest conversations of each mailbox and list. An index has the order of each, so the cost does not
   * grow with the number of conversations. One statement.
   */
  async function inLanes(input: ListInput, most: number): Promise<ListedRow[]> {
    const accounts = accountsOf(input)
    const { lists } = selectionOf(input.view)
    const of = accounts !== 'all' && accounts.length <= MOST_LANES ? accounts : undefined
    const { rows } = await sql<ListedRow>`
      SELECT listed.*, listed.listed_at::text AS exact_at
      FROM unnest(${lists}::text[]) AS list(name)
      ${of ? sql`CROSS JOIN unnest(${of}::uuid[]) AS account(id)` : sql``}
      CROSS JOIN LATERAL (
        SELECT * FROM conversations
        WHERE listed_as = list.name AND merged_into IS NULL
          ${of ? sql`AND email_account_id = account.id` : accounts === 'all' ? sql`` : sql`AND email_account_id = ANY(${accounts}::uuid[])`}
          ${beforePlace(input)}
        ORDER BY listed_at DESC, id DESC LIMIT ${most}) AS listed
      ORDER BY listed.listed_at DESC, listed.id DESC LIMIT ${most}`.execute(db)
    return rows
  }

  /**
   * A view with an index that has its conversations alone, such as few of the open ones. One statement. Reads a lane of each
   * mailbox, with any number of them: in a single order, few hits among many open conversations would take long.
   */
  async function selected(
    input: ListInput,
    { condition: inView, order }: OwnIndex,
    most: number,
  ): Promise<ListedRow[]> {
    const accounts = accountsOf(input)
    const at = sql.ref(order)
    const lanes =
      accounts === 'all'
        ? sql`WITH RECURSIVE account(id) AS (
            (SELECT email_account_id FROM conversations WHERE ${inView} ORDER BY email_account_id LIMIT 1)
            UNION ALL SELECT (SELECT email_account_id FROM conversations
              WHERE ${inView} AND email_account_id > account.id ORDER BY email_account_id LIMIT 1)
            FROM account WHERE account.id IS NOT NULL)`
        : sql`WITH account AS (SELECT unnest(${accounts}::uuid[]) AS id)`
    const { rows } = await sql<ListedRow>`${lanes}
      SELECT whole.*, page.at AS listed_at, page.at::text AS exact_at
      FROM (SELECT listed.* FROM account CROSS JOIN LATERAL (
          SELECT id, ${at} AS at FROM conversations
          WHERE ${inView} AND email_account_id = account.id ${beforePlace(input, at)}
          ORDER BY ${at} DESC, id DESC LIMIT ${most}) AS listed
        ORDER BY listed.at DESC, listed.id DESC LIMIT ${most}) AS page
      -- OFFSET: one lookup per row of the page.
      CROSS JOIN LATERAL (SELECT * FROM conversations WHERE conversations.id = page.id OFFSET 0) AS whole
      ORDER BY page.at DESC, page.id DESC`.execute(db)
    return rows
  }

  /** One statement, by primary key. */
  async function byIds(input: ListInput, ids: readonly ConversationId[]): Promise<ListedRow[]> {
    const at = orderOf(input)
    const lists = input.search === undefined ? undefined : searchedLists(input, termsOf(input.search))
    const { rows } = await sql<ListedRow>`
      SELECT *, ${at} AS listed_at, ${at}::text AS exact_at FROM conversations
      WHERE id = ANY(${ids}::uuid[]) AND merged_into IS NULL AND ${narrowing(input, lists)}
      ORDER BY ${at} DESC, id DESC`.execute(db)
    return rows
  }

  /** One statement. The index of assignees has this order, without mentions, which are few. */
  async function ofPerson(input: ListInput, condition: RawBuilder<unknown>, most: number): Promise<ListedRow[]> {
    const at = orderOf(input)
    const { rows } = await sql<ListedRow>`
      SELECT *, ${at} AS listed_at, ${at}::text AS exact_at FROM conversations
      WHERE merged_into IS NULL AND ${condition} ${beforePlace(input, at)}
      ORDER BY ${at} DESC, conversations.id DESC LIMIT ${most}`.execute(db)
    return rows
  }

  function termsOf(query: string | ParsedSearch): ParsedSearch['terms'] {
    return (typeof query === 'string' ? parseSearch(query, { now: clock.now(), timeZone: 'UTC' }) : query).terms
  }

  /**
   * In the order of the newest message that the search finds; without a condition on messages, of the last one. Three
   * statements and more, depending on the words.
   */
  async function search(input: ListInput, query: string | ParsedSearch, most: number): Promise<ConversationList> {
    const terms = termsOf(query)
    const accounts = searchedAccounts(input, terms)
    if (terms.length === 0 || (accounts !== 'all' && accounts.length === 0))
      return { conversations: [], next: undefined }
    const lists = searchedLists(input, terms)
    const condition = sql.join([narrowing(input, lists), ...conversationConditions(terms)], sql` AND `)
    const wanted = messageCondition(terms, accounts)
    const limits = { most, limitMs: input.searchLimitMs }
    // The lanes have few of them.
    if (!wanted && input.view === 'mentions') return pageOf(await ofPerson(input, condition, most + 1), most)
    if (!wanted) {
      const lanes = {
        lists,
        accounts: accounts !== 'all' && accounts.length <= MOST_LANES ? accounts : undefined,
        tags: searchedTags(input, terms),
        condition,
      }
      const before = input.before === undefined ? undefined : parsePosition(input.before)
      const { rows, next } = await scanConversations(database, lanes, { ...limits, before })
      return { conversations: rows.map(toConversation), next: next && formatPosition(next.at, next.id) }
    }
    const before = input.before === undefined ? undefined : messagePosition(input.before)
    const { rows, hitIds, next } = await searchMessages({ database, readText }, wanted, condition, {
      ...limits,
      before,
    })
    return { conversations: rows.map(toConversation), next: next && formatPosition(next.at, next.id), hitIds }
  }
}

/** @param rows  one more than the limit if there is another page */
function pageOf(rows: readonly ListedRow[], limit: number): ConversationList {
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return { conversations: page.map(toConversation), next: last && formatPosition(last.exact_at, last.id) }
}

/** Mailboxes of the list that the search names; all of them if it names none. */
function searchedAccounts(input: ListInput, terms: ParsedSearch['terms']): readonly EmailAccountId[] | 'all' {
  return terms.reduce<readonly EmailAccountId[] | 'all'>((accounts, term) => {
    if (term.kind !== 'mailbox' || term.isNegated) return accounts
    return accounts === 'all' ? term.ids : accounts.filter((id) => term.ids.includes(id))
  }, accountsOf(input))
}

/** Lists of the view. `is:spam` and `is:deleted` find what all other views leave out. */
function searchedLists({ view }: ListInput, terms: ParsedSearch['terms']): readonly ListName[] {
  const { lists } = selectionOf(view)
  if (view !== 'all') return lists
  const named = terms.flatMap((term) => (term.kind === 'state' && !term.isNegated ? term.states : []))
  return [...lists, ...(['spam', 'deleted'] as const).filter((list) => named.includes(list))]
}

/** Few tags of which each conversation of the search has one; undefined if there are none. */
function searchedTags(input: ListInput, terms: ParsedSearch['terms']): readonly TagId[] | undefined {
  if (input.tagId !== undefined) return [input.tagId]
  const all = terms.flatMap((term) => (term.kind === 'tag' && !term.isNegated && !term.untaggedBy ? [term.ids] : []))
  const [fewest] = all.toSorted((one, other) => one.length - other.length)
  return fewest && fewest.length <= MOST_TAG_LANES ? fewest : undefined
}

/** The requested account, or all accounts that the caller may see. */
function accountsOf({ emailAccountIds: seen, emailAccountId: one }: ListInput): readonly EmailAccountId[] | 'all' {
  if (one === undefined) return seen
  return seen === 'all' || seen.includes(one) ? [one] : []
}

/** Conditions for the view and the mailboxes. */
function narrowing(input: ListInput, lists: readonly ListName[] = selectionOf(input.view).lists): RawBuilder<unknown> {
  const { view, userId } = input
  const accounts = accountsOf(input)
  const { condition } = selectionOf(view, userId)
  const conditions = [
    lists.length === 1
      ? sql`conversations.listed_as = ${lists[0]!}`
      : sql`conversations.listed_as = ANY(${lists}::text[])`,
    ...(condition ? [condition] : []),
    ...(input.tagId === undefined ? [] : [sql`conversations.tag_ids @> ARRAY[${input.tagId}]::uuid[]`]),
    ...(accounts === 'all' ? [] : [sql`conversations.email_account_id = ANY(${accounts}::uuid[])`]),
  ]
  return sql.join(conditions, sql` AND `)
}

function messagePosition(before: string): { at: string; id: StoredMessageId } {
  const { at, id } = parsePosition(before)
  return { at, id: id as string as StoredMessageId }
}

/** Time that orders the rows of a view, descending. Unread mentions come first: they are listed a thousand years later. */
function orderOf({ view, tagId, userId = '' }: ListInput): RawBuilder<unknown> {
  if (tagId !== undefined) return sql`conversations.listed_at`
  if (view !== 'mentions') return sql.ref(`conversations.${selectionOf(view).ownIndex?.order ?? 'listed_at'}`)
  return sql`(conversations.listed_at + CASE WHEN ${isMentioned(userId)} THEN interval '1000 years' ELSE interval '0' END)`
}

function beforePlace({ before }: ListInput, order: RawBuilder<unknown> = sql`listed_at`): RawBuilder<unknown> {
  if (before === undefined) return sql``
  const { at, id } = parsePosition(before)
  return sql`AND (${order}, id) < (${at}::timestamptz, ${id}::uuid)`
}
