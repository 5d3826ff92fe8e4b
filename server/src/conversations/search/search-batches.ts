import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../../database/index.ts'
import { isDatabaseError } from '../../kernel/errors.ts'
import { createMonths, MONTH_NAME } from './month-partitions.ts'
import { SEARCH_VECTOR } from './search-texts.ts'

/** A page of an import. */
const MOST_MESSAGES = 200
/** Text that is indexed in less than a second on a busy machine: the rows of the queue are locked meanwhile. */
const MOST_BYTES = 1_000_000
/** Time of a batch from which the next one is half as large. */
const SLOW_MS = 1_000
/** Text of a message that PostgreSQL cannot index whole, in characters. */
const SHORT_TEXT = 50_000

export interface IndexedBatch {
  /** Messages indexed. One that another process indexes at the moment is left to it. */
  messages: number
  /** Months of these messages. */
  months: readonly string[]
  isMore: boolean
}

/**
 * Returns a function that indexes the newest messages of the queue, bounded by their number and their text. When they
 * fail, or exceed the time limit of a statement, the next call takes half as many. A single message that fails is
 * indexed by its first words, so that no message stops the others.
 */
export function createSearchBatches(
  database: Database,
  onError: (error: unknown) => void,
): () => Promise<IndexedBatch> {
  const { db } = database
  const existing = new Set<string>()
  let most = MOST_MESSAGES

  return async () => {
    const due = await findDue()
    if (due.messages === 0) return { messages: 0, months: [], isMore: false }
    const missing = due.months.filter((month) => !existing.has(month))
    await createMonths(database, missing)
    for (const month of missing) existing.add(month)

    const beganAt = performance.now()
    const messages = await index(due, sql`text`).catch((error: unknown) => {
      if (isDatabaseError(error) && error.code !== 'database.too_slow') throw error
      if (due.messages > 1) return undefined
      onError(error)
      return index(due, sql`left(text, ${sql.lit(SHORT_TEXT)})`)
    })
    const isQuick = messages !== undefined && performance.now() - beganAt < SLOW_MS
    most = isQuick ? Math.min(most * 2, MOST_MESSAGES) : Math.max(Math.floor(due.messages / 2), 1)
    if (messages === undefined) return { messages: 0, months: [], isMore: true }
    const isMore = messages > 0 && (due.isMore || messages < due.messages)
    return { messages, months: due.months, isMore }
  }

  async function findDue(): Promise<IndexedBatch> {
    const newest = sql`(SELECT message_id, received_at, octet_length(text) AS bytes FROM search_queue
      ORDER BY received_at DESC, message_id DESC LIMIT ${most})`
    const { rows } = await sql<IndexedBatch>`SELECT count(*)::integer AS messages,
      coalesce(array_agg(DISTINCT ${MONTH_NAME}), '{}') AS months,
      coalesce(max(waiting) = ${most} OR max(waiting) > count(*), false) AS "isMore"
      FROM ${withinBytes(newest)} AS due`.execute(db)
    return rows[0]!
  }

  /** One statement: a message leaves the queue when it is searchable. */
  async function index({ messages, months }: IndexedBatch, text: RawBuilder<unknown>): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      WITH newest AS MATERIALIZED (
        SELECT message_id, received_at, octet_length(text) AS bytes FROM search_queue
        WHERE ${MONTH_NAME} = ANY(${months}::text[])
        ORDER BY received_at DESC, message_id DESC LIMIT ${messages} FOR UPDATE SKIP LOCKED),
      taken AS (
        DELETE FROM search_queue USING ${withinBytes(sql`newest`)} AS due
        WHERE search_queue.message_id = due.message_id
        RETURNING search_queue.message_id, email_account_id, search_queue.received_at, fields, ${text} AS text),
      entered AS (
        INSERT INTO search_entries (message_id, email_account_id, received_at, search)
        SELECT message_id, email_account_id, received_at, ${SEARCH_VECTOR} FROM taken
        ON CONFLICT (received_at, message_id) DO UPDATE SET search = excluded.search, email_account_id = excluded.email_account_id
        RETURNING 1)
      SELECT count(*)::integer AS count FROM entered`.execute(db)
    return rows[0]!.count
  }
}

/** Selects the newest of these queued rows up to the limit of text, and at least one. */
function withinBytes(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT * FROM (SELECT *, count(*) OVER () AS waiting,
      sum(bytes) OVER (ORDER BY received_at DESC, message_id DESC) - bytes AS preceding
    FROM ${rows} AS queued) AS summed WHERE preceding < ${sql.lit(MOST_BYTES)})`
}
