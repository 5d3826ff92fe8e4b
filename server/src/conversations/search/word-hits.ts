import { sql, type RawBuilder } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import type { MessageCondition } from './message-condition.ts'
import type { MonthPartition } from './month-partitions.ts'
import { withinAccounts } from './search-texts.ts'

/** Position of a message in the order of search results. `at` as text, because a Date has no microseconds. */
export interface SearchPosition {
  at: string
  id: StoredMessageId
}

export interface Hits {
  hits: SearchPosition[]
  /** Everything before it was examined; undefined when there is nothing older in these months. */
  next: SearchPosition | undefined
}

/** Newest messages of the queue that a search compares itself. */
const MOST_QUEUED = 300
/** Characters of each of them. */
const QUEUED_TEXT = 10_000

const QUEUED_VECTOR = sql`(fields || to_tsvector('simple', left(text, ${sql.lit(QUEUED_TEXT)})))`

/**
 * Prevents a sequential scan, which would compare the words of each message. Without parallel workers, the months of a
 * statement are read in the order given. In UTC, times as text have the order of the times.
 */
export async function planForWords(tx: Tx): Promise<void> {
  await sql`SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
    set_config('max_parallel_workers_per_gather', '0', true), set_config('TimeZone', 'UTC', true)`.execute(tx)
}

/** Compares the words of the newest messages that are not indexed yet. Usually there are none. */
export async function compareQueued(
  tx: Tx,
  { query, accounts, from }: MessageCondition,
  before: SearchPosition | undefined,
): Promise<SearchPosition[]> {
  const { rows } = await sql<SearchPosition>`
    SELECT message_id AS id, received_at::text AS at FROM (SELECT message_id, received_at, fields, text FROM search_queue
      WHERE ${isBefore(before)}${isSince(from)}${visible(accounts)}
      ORDER BY received_at DESC, message_id DESC LIMIT ${MOST_QUEUED}) AS queued
    WHERE ${matches(QUEUED_VECTOR, query)} ORDER BY received_at DESC, message_id DESC`.execute(tx)
  return rows
}

/** Compares the words of the newest `most` messages, which is fastest for words that occur in many of them. */
export async function compareNewest(
  tx: Tx,
  months: readonly MonthPartition[],
  { query, accounts, from }: MessageCondition,
  before: SearchPosition | undefined,
  most: number,
): Promise<Hits> {
  const newest = months.map(
    ({ table }) => sql`SELECT * FROM (SELECT message_id, email_account_id, received_at, search FROM ${sql.table(table)}
      WHERE ${isBefore(before)}${isSince(from)} ORDER BY received_at DESC, message_id DESC LIMIT ${most}) AS month`,
  )
  const { rows } = await sql<SearchPosition & { isHit: boolean }>`
    SELECT message_id AS id, received_at::text AS at, ${matches(sql`search`, query)}${visible(accounts)} AS "isHit"
    FROM (${sql.join(newest, sql` UNION ALL `)} LIMIT ${most}) AS newest`.execute(tx)
  return { hits: rows.filter(({ isHit }) => isHit), next: rows.length < most ? undefined : rows.at(-1) }
}

/** Reads the full-text indexes of these months, newest first, until `most` messages are found. */
export async function readIndexes(
  tx: Tx,
  months: readonly MonthPartition[],
  { query = sql`''::tsquery`, accounts, from }: MessageCondition,
  before: SearchPosition | undefined,
  most: number,
): Promise<Hits> {
  const found = months.map(
    // OFFSET keeps the condition on the order out of the index scan, so that only the full-text index is used.
    ({ table }) => sql`SELECT * FROM (SELECT message_id, received_at FROM (SELECT * FROM ${sql.table(table)}
      WHERE search @@ ${withinAccounts(query, accounts)} OFFSET 0) AS entry
      WHERE ${isBefore(before)}${isSince(from)}${visible(accounts)}
      ORDER BY received_at DESC, message_id DESC LIMIT ${most}) AS month`,
  )
  const { rows } = await sql<SearchPosition>`
    SELECT message_id AS id, received_at::text AS at
    FROM (${sql.join(found, sql` UNION ALL `)} LIMIT ${most}) AS found`.execute(tx)
  return { hits: rows, next: rows.length < most ? undefined : rows.at(-1) }
}

/** Ids, of these messages, that contain the words. `table` is the partition with the entry of the message, if any. */
export async function withWords(
  tx: Tx,
  messages: readonly (SearchPosition & { table: string | null })[],
  { query }: MessageCondition,
): Promise<Set<StoredMessageId>> {
  if (messages.length === 0 || !query) return new Set(messages.map(({ id }) => id))
  // OFFSET: one lookup per message.
  const entered = [...Map.groupBy(messages, ({ table }) => table)].map(([table, some]) =>
    table === null
      ? sql``
      : sql`SELECT wanted.id FROM unnest(
          ${some.map(({ at }) => at)}::timestamptz[], ${some.map(({ id }) => id)}::uuid[]) AS wanted(at, id)
        CROSS JOIN LATERAL (SELECT search FROM ${sql.table(table)}
          WHERE received_at = wanted.at AND message_id = wanted.id OFFSET 0) AS entry
        WHERE search @@ ${query} UNION ALL `,
  )
  const { rows } = await sql<{ id: StoredMessageId }>`${sql.join(entered, sql``)}
    SELECT message_id AS id FROM search_queue
    WHERE message_id = ANY(${messages.map(({ id }) => id)}::uuid[]) AND ${QUEUED_VECTOR} @@ ${query}`.execute(tx)
  return new Set(rows.map(({ id }) => id))
}

function visible(accounts: MessageCondition['accounts']): RawBuilder<unknown> {
  return accounts === 'all' ? sql`` : sql` AND email_account_id = ANY(${accounts}::uuid[])`
}

function isBefore(position: SearchPosition | undefined): RawBuilder<unknown> {
  if (!position) return sql`TRUE`
  return sql`(received_at, message_id) < (${position.at}::timestamptz, ${position.id}::uuid)`
}

function isSince(from: Date | undefined): RawBuilder<unknown> {
  return from ? sql` AND received_at >= ${from}::timestamptz` : sql``
}

function matches(vector: RawBuilder<unknown>, query: RawBuilder<unknown> | undefined): RawBuilder<unknown> {
  return query ? sql`${vector} @@ ${query}` : sql`TRUE`
}
