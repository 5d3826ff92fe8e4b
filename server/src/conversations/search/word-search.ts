import { sql, type RawBuilder, type Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import type { MessageCondition } from './message-condition.ts'
import { listMonths, MONTH_TABLE, type MonthPartition } from './month-partitions.ts'
import {
  compareNewest,
  compareQueued,
  planForWords,
  readIndexes,
  withWords,
  type Hits,
  type SearchPosition,
} from './word-hits.ts'
import { timeText } from '../stored/storable.ts'
import { withPhrases, type ReadText } from './phrase-check.ts'

/** A search that takes longer returns what it has found, and continues with the next request. */
const LIMIT_MS = 1_000
/** Newest messages whose words are compared before an index is read. */
const NEWEST = 300
/** Messages compared at once where no index helps. */
const MOST_COMPARED = 4_000
/** A word in fewer of the compared messages is found faster by the index. */
const FREQUENT_HITS = 30
/** Months among which the newest messages are. */
const NEWEST_MONTHS = 3
const FIRST_HITS = 200
const MOST_HITS = 4_000
/** Conversations of so many hits per result are read first. A page of a frequent word needs no more of them. */
const HITS_PER_RESULT = 2
/** More months are read together as long as reading some took less than this. */
const QUICK_MS = 25
/** Months that a transaction reads: it keeps the locks of each partition and its indexes until its end. */
const MOST_MONTHS = 32

type Row = Selectable<Schema['conversations']>

export interface FoundConversations {
  rows: Row[]
  /** Message or note for which each of them is listed, in the same order. */
  hitIds: StoredMessageId[]
  /** Position at which the search continues; undefined when everything was searched. */
  next: SearchPosition | undefined
}

/**
 * Conversations with a message or note that fulfills the condition, in the order of their newest one. Reads month by
 * month from the newest one, so that the cost depends on the results and not on the number of messages.
 *
 * @param narrowing  condition on columns of `conversations`
 * @param limitMs  set by tests
 */
export async function searchMessages(
  { database, readText }: { database: Database; readText: ReadText },
  wanted: MessageCondition,
  narrowing: RawBuilder<unknown>,
  {
    before,
    most,
    limitMs = LIMIT_MS,
  }: { before: SearchPosition | undefined; most: number; limitMs?: number | undefined },
): Promise<FoundConversations> {
  const { phrases, from, until, isIndexed } = wanted
  const beganAt = performance.now()
  let queued: SearchPosition[] = []
  let months: readonly MonthPartition[] | undefined
  let left: readonly MonthPartition[] = []
  let position = earlier(before, until)
  let isFrequent = true
  let comparedAtOnce = NEWEST
  let monthsAtOnce = 1
  let hitsAtOnce = Math.max(FIRST_HITS, most)
  const rows: Row[] = []
  const hitIds: StoredMessageId[] = []
  const seen = new Set<ConversationId>()
  let last: SearchPosition | undefined

  for (;;) {
    const found = await database.transaction(readMonths)
    if (found) return found
  }

  /** Reads on until the search ends, or returns undefined after the months that one transaction reads. */
  async function readMonths(tx: Tx): Promise<FoundConversations | undefined> {
    await planForWords(tx)
    if (!months) {
      // First: a message that is indexed meanwhile is found twice and not missed.
      queued = await compareQueued(tx, wanted, position)
      months = monthsSince(await listMonths({ db: tx }), from)
      left = monthsBefore(months, position)
    }
    let monthsRead = 0
    while (left.length > 0) {
      const readAt = performance.now()
      const some: readonly MonthPartition[] = left.slice(0, isFrequent ? NEWEST_MONTHS : monthsAtOnce)
      monthsRead += some.length
      if (monthsRead > MOST_MONTHS) return undefined
      const { hits, next }: Hits = isFrequent
        ? await compareNewest(tx, some, wanted, position, comparedAtOnce)
        : await readIndexes(tx, some, wanted, position, hitsAtOnce)
      const isQuick = performance.now() - readAt < QUICK_MS
      position = next ?? startOf(some.at(-1)!)
      left = monthsBefore(months, position)
      const end = left.length > 0 ? position : undefined
      if (await add(tx, hits, end)) return { rows, hitIds, next: last }
      if (performance.now() - beganAt >= limitMs) return { rows, hitIds, next: end }
      if (!isIndexed) {
        const isMore = isQuick && phrases.length === 0
        comparedAtOnce = isMore ? Math.min(comparedAtOnce * 2, MOST_COMPARED) : NEWEST
        continue
      }
      if (isFrequent) {
        isFrequent = hits.length >= FREQUENT_HITS
        continue
      }
      monthsAtOnce = isQuick ? Math.min(monthsAtOnce * 4, MOST_MONTHS) : 1
      // The texts of all hits are compared with a phrase before the time is checked again.
      if (next && phrases.length === 0) hitsAtOnce = Math.min(hitsAtOnce * 2, MOST_HITS)
    }
    return { rows, hitIds, next: (await add(tx, [], undefined)) ? last : undefined }
  }

  /** Adds the conversations of these hits and of queued messages down to `end`; true when the page is full. */
  async function add(tx: Tx, hits: readonly SearchPosition[], end: SearchPosition | undefined): Promise<boolean> {
    const due = queued.filter((hit) => !end || newestFirst(hit, end) < 0)
    queued = queued.slice(due.length)
    const all = due.length === 0 ? hits : [...hits, ...due].sort(newestFirst)
    const first = HITS_PER_RESULT * most
    return (await addSome(tx, all.slice(0, first))) || (await addSome(tx, all.slice(first)))
  }

  async function addSome(tx: Tx, some: readonly SearchPosition[]): Promise<boolean> {
    const hits = await withAllPhrases(tx, some)
    const found = await conversationsOf(tx, hits, narrowing)
    const fresh = found.filter(({ row }) => !seen.has(row.id))
    const listed = before ? await listedBefore(tx, fresh, before) : new Set<ConversationId>()
    for (const { hit, row } of fresh) {
      if (seen.has(row.id) || listed.has(row.id)) continue
      if (rows.length === most) return true
      seen.add(row.id)
      rows.push(row)
      hitIds.push(hit.id)
      last = hit
    }
    return false
  }

  async function withAllPhrases(tx: Tx, hits: readonly SearchPosition[]): Promise<readonly SearchPosition[]> {
    if (phrases.length === 0 || hits.length === 0) return hits
    const ids = hits.map(({ id }) => id)
    const found = await withPhrases(tx, ids, phrases, readText)
    return hits.filter(({ id }) => found.has(id))
  }

  /** Conversations, of these, that a page before `position` has listed for a newer message. */
  async function listedBefore(
    tx: Tx,
    conversations: readonly { row: Row }[],
    position: SearchPosition,
  ): Promise<Set<ConversationId>> {
    const ids = [...new Set(conversations.map(({ row }) => row.id))]
    if (ids.length === 0) return new Set()
    const { rows: newer } = await sql<SearchPosition & { conversationId: ConversationId; table: string | null }>`
      SELECT id, received_at::text AS at, conversation_id AS "conversationId", ${MONTH_TABLE} AS "table"
      FROM (SELECT id, received_at, conversation_id FROM messages WHERE conversation_id = ANY(${ids}::uuid[])
        UNION ALL SELECT id, created_at, conversation_id FROM notes WHERE conversation_id = ANY(${ids}::uuid[])) AS one
      WHERE (received_at, id) >= (${position.at}::timestamptz, ${position.id}::uuid)
        ${until ? sql`AND received_at < ${until}::timestamptz` : sql``}
      ORDER BY received_at DESC, id DESC`.execute(tx)
    const hits = await withWords(tx, newer, wanted)
    const listed = await withAllPhrases(tx, newer.filter(({ id }) => hits.has(id)).slice(0, FIRST_HITS)) // prettier-ignore
    const whole = new Set(listed.map(({ id }) => id))
    return new Set(newer.filter(({ id }) => whole.has(id)).map(({ conversationId }) => conversationId))
  }
}

function newestFirst(one: SearchPosition, other: SearchPosition): number {
  if (one.at !== other.at) return one.at < other.at ? 1 : -1
  return one.id === other.id ? 0 : one.id < other.id ? 1 : -1
}

/** With the first moment of a month, nothing in the month precedes this id. */
const LOWEST_ID = '00000000-0000-0000-0000-000000000000' as StoredMessageId

function startOf({ from }: MonthPartition): SearchPosition {
  return { at: from, id: LOWEST_ID }
}

/** The earlier of a position and the first moment after the messages wanted. */
function earlier(before: SearchPosition | undefined, until: Date | undefined): SearchPosition | undefined {
  if (!until || (before && Date.parse(before.at) < until.getTime())) return before
  return { at: timeText(until), id: LOWEST_ID }
}

/** Months with messages from a time on: the newest ones, down to the one that contains it. */
function monthsSince(months: readonly MonthPartition[], from: Date | undefined): readonly MonthPartition[] {
  if (!from) return months
  const first = months.findIndex((month) => month.from === '-infinity' || Date.parse(month.from) <= from.getTime())
  return first < 0 ? months : months.slice(0, first + 1)
}

/** Months with messages before a position. A year of five digits is none to JavaScript: all months are read. */
function monthsBefore(
  months: readonly MonthPartition[],
  before: SearchPosition | undefined,
): readonly MonthPartition[] {
  if (!before) return months
  if (before.at === '-infinity') return []
  const at = Date.parse(before.at)
  return months.filter(({ from }) => {
    const begin = Date.parse(from)
    return !(begin > at || (begin === at && before.id === LOWEST_ID))
  })
}

async function conversationsOf(
  tx: Tx,
  hits: readonly SearchPosition[],
  narrowing: RawBuilder<unknown>,
): Promise<{ row: Row; hit: SearchPosition }[]> {
  if (hits.length === 0) return []
  const { rows } = await sql<Row & { hit_id: StoredMessageId; hit_at: string }>`
    SELECT conversations.*, hit_id, hit_at FROM conversations JOIN (
      SELECT of.conversation_id, wanted.id AS hit_id, wanted.at AS hit_at, wanted.place AS hit_place
      FROM unnest(${hits.map(({ id }) => id)}::uuid[], ${hits.map(({ at }) => at)}::text[])
        WITH ORDINALITY AS wanted(id, at, place) CROSS JOIN LATERAL (
          SELECT conversation_id FROM messages WHERE messages.id = wanted.id
          UNION ALL SELECT conversation_id FROM notes WHERE notes.id = wanted.id) AS of) AS hit
      ON hit.conversation_id = conversations.id
    WHERE merged_into IS NULL AND ${narrowing} ORDER BY hit_place`.execute(tx)
  return rows.map(({ hit_id: id, hit_at: at, ...row }) => ({ row, hit: { id, at } }))
}
