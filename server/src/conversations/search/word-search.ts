import { sql, type RawBuilder, type Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import { listMonths, MONTH_TABLE, type MonthPartition } from './month-partitions.ts'
import {
  compareNewest,
  compareQueued,
  planForWords,
  readIndexes,
  withWords,
  type Hits,
  type SearchPosition,
  type WantedWords,
} from './word-hits.ts'

/** A search that takes longer returns what it has found, and continues with the next request. */
const LIMIT_MS = 1_000
/** Newest messages whose words are compared before an index is read. */
const NEWEST = 300
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
  /** Position at which the search continues; undefined when everything was searched. */
  next: SearchPosition | undefined
}

/**
 * Conversations with a message that contains the words, in the order of their newest such message. Reads month by month
 * from the newest one, so that the cost depends on the results and not on the number of messages.
 *
 * @param narrowing  condition on columns of `conversations`
 * @param limitMs  set by tests
 */
export async function searchWords(
  database: Database,
  wanted: WantedWords,
  narrowing: RawBuilder<unknown>,
  {
    before,
    most,
    limitMs = LIMIT_MS,
  }: { before: SearchPosition | undefined; most: number; limitMs?: number | undefined },
): Promise<FoundConversations> {
  const beganAt = performance.now()
  let queued: SearchPosition[] = []
  let months: readonly MonthPartition[] | undefined
  let left: readonly MonthPartition[] = []
  let position = before
  let isFrequent = true
  let monthsAtOnce = 1
  let hitsAtOnce = Math.max(FIRST_HITS, most)
  const rows: Row[] = []
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
      queued = await compareQueued(tx, wanted, before)
      months = await listMonths({ db: tx })
      left = monthsBefore(months, position)
    }
    let monthsRead = 0
    while (left.length > 0) {
      const readAt = performance.now()
      const some: readonly MonthPartition[] = left.slice(0, isFrequent ? NEWEST_MONTHS : monthsAtOnce)
      monthsRead += some.length
      if (monthsRead > MOST_MONTHS) return undefined
      const { hits, next }: Hits = isFrequent
        ? await compareNewest(tx, some, wanted, position, NEWEST)
        : await readIndexes(tx, some, wanted, position, hitsAtOnce)
      const isQuick = performance.now() - readAt < QUICK_MS
      position = next ?? startOf(some.at(-1)!)
      left = monthsBefore(months, position)
      const end = left.length > 0 ? position : undefined
      if (await add(tx, hits, end)) return { rows, next: last }
      if (performance.now() - beganAt >= limitMs) return { rows, next: end }
      if (isFrequent) {
        isFrequent = hits.length >= FREQUENT_HITS
        continue
      }
      monthsAtOnce = isQuick ? Math.min(monthsAtOnce * 4, MOST_MONTHS) : 1
      if (next) hitsAtOnce = Math.min(hitsAtOnce * 2, MOST_HITS)
    }
    return { rows, next: (await add(tx, [], undefined)) ? last : undefined }
  }

  /** Adds the conversations of these hits and of queued messages down to `end`; true when the page is full. */
  async function add(tx: Tx, hits: readonly SearchPosition[], end: SearchPosition | undefined): Promise<boolean> {
    const due = queued.filter((hit) => !end || newestFirst(hit, end) < 0)
    queued = queued.slice(due.length)
    const all = due.length === 0 ? hits : [...hits, ...due].sort(newestFirst)
    const first = HITS_PER_RESULT * most
    return (await addSome(tx, all.slice(0, first))) || (await addSome(tx, all.slice(first)))
  }

  async function addSome(tx: Tx, hits: readonly SearchPosition[]): Promise<boolean> {
    const found = await conversationsOf(tx, hits, narrowing)
    const fresh = found.filter(({ row }) => !seen.has(row.id))
    const listed = before ? await listedBefore(tx, fresh, before, wanted.query) : new Set<ConversationId>()
    for (const { hit, row } of fresh) {
      if (seen.has(row.id) || listed.has(row.id)) continue
      if (rows.length === most) return true
      seen.add(row.id)
      rows.push(row)
      last = hit
    }
    return false
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
      SELECT messages.conversation_id, messages.id AS hit_id, wanted.at AS hit_at, wanted.place AS hit_place
      FROM unnest(${hits.map(({ id }) => id)}::uuid[], ${hits.map(({ at }) => at)}::text[])
        WITH ORDINALITY AS wanted(id, at, place) JOIN messages ON messages.id = wanted.id) AS hit
      ON hit.conversation_id = conversations.id
    WHERE merged_into IS NULL AND ${narrowing} ORDER BY hit_place`.execute(tx)
  return rows.map(({ hit_id: id, hit_at: at, ...row }) => ({ row, hit: { id, at } }))
}

/** Conversations, of these, that a page before `position` has listed for a newer message. */
async function listedBefore(
  tx: Tx,
  conversations: readonly { row: Row }[],
  position: SearchPosition,
  query: RawBuilder<unknown>,
): Promise<Set<ConversationId>> {
  const ids = [...new Set(conversations.map(({ row }) => row.id))]
  if (ids.length === 0) return new Set()
  const { rows: newer } = await sql<SearchPosition & { conversationId: ConversationId; table: string | null }>`
    SELECT id, received_at::text AS at, conversation_id AS "conversationId", ${MONTH_TABLE} AS "table" FROM messages
    WHERE conversation_id = ANY(${ids}::uuid[])
      AND (received_at, id) >= (${position.at}::timestamptz, ${position.id}::uuid)`.execute(tx)
  const hits = await withWords(tx, newer, query)
  return new Set(newer.filter(({ id }) => hits.has(id)).map(({ conversationId }) => conversationId))
}
