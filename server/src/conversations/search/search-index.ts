import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { isDatabaseError } from '../../kernel/errors.ts'
import { createTicker } from '../../kernel/ticker.ts'
import { createMonths, mergePending, MONTH_NAME } from './month-partitions.ts'
import { SEARCH_VECTOR } from './search-texts.ts'

/** A page of an import. */
const BATCH_MESSAGES = 200
/** Messages stored by this process beyond which an import waits: less than a second of indexing. */
const MOST_UNINDEXED = 600
/** Longest wait of an import, so that a search index that fails does not stop mail. */
const LONGEST_WAIT_MS = 2_000
/** Interval of a check for work whose notification was lost. */
const CHECK_EVERY_MS = 60_000
const ROUND_LIMIT_MS = 60_000
/** Time without new messages after which waiting words are merged into the index. */
const QUIET_MS = 5_000
/** Text of a message whose words exceed the limit of PostgreSQL, in characters. */
const SHORT_TEXT = 50_000

export interface SearchQueueFigures {
  /** Messages stored and not yet searchable. */
  messages: number
  /** Time since the oldest of them was stored, in seconds; 0 without any. */
  lagSeconds: number
}

/** Makes stored messages searchable, newest first, within a second. */
export interface SearchIndex {
  start(): Promise<void>
  stop(): Promise<void>
  /** Indexes everything in the queue now, for tests and programs that start no services. */
  drain(): Promise<void>
  /** Waits while an import is ahead of the index, for two seconds at most. Returns at once where no index runs. */
  waitForRoom(): Promise<void>
  /** Counts messages that this process has written to the queue. */
  written(messages: number): void
  figures(): Promise<SearchQueueFigures>
}

/**
 * Creates the search index. Its queue is a table that is written with the message, so a killed process loses no word:
 * the next start continues. Several processes share the queue.
 */
export function createSearchIndex(deps: {
  database: Database
  clock: Clock
  onError?: ((error: unknown) => void) | undefined
  /** Set by tests. */
  longestWaitMs?: number
}): SearchIndex {
  const { database, clock, onError = () => undefined, longestWaitMs = LONGEST_WAIT_MS } = deps
  const { db } = database
  const existing = new Set<string>()
  /** Months whose index has waiting words. */
  const unmerged = new Set<string>()
  let indexedAt = -Infinity
  let unindexed = 0
  let isRunning = false
  let waiting: (() => void)[] = []
  let unlisten: (() => Promise<void>) | undefined
  const ticker = createTicker({
    name: 'conversations.search-index',
    clock,
    everyMs: CHECK_EVERY_MS,
    deadlineMs: ROUND_LIMIT_MS,
    run: (over, late) => indexAll(AbortSignal.any([over, late])),
    onError,
  })

  async function indexAll(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      const indexed = await indexBatch()
      if (indexed > 0) indexedAt = performance.now()
      release(indexed)
      if (indexed < BATCH_MESSAGES) break
    }
    if (end.aborted) {
      ticker.poke()
      return
    }
    // Pages that were rolled back are not in the queue.
    release(unindexed)
    if (unmerged.size === 0 || performance.now() - indexedAt < QUIET_MS) return
    await mergePending(database, [...unmerged])
    unmerged.clear()
  }

  /** Returns the number of messages indexed. One that another process indexes at the moment is left to it. */
  async function indexBatch(): Promise<number> {
    const months = await monthsDue()
    if (months.length === 0) return 0
    const missing = months.filter((month) => !existing.has(month))
    await createMonths(database, missing)
    for (const month of months) {
      existing.add(month)
      unmerged.add(month)
    }
    try {
      return await index(months, BATCH_MESSAGES, sql`text`)
    } catch (error) {
      if (isDatabaseError(error)) throw error
      onError(error)
      return indexOneByOne(months)
    }
  }

  async function monthsDue(): Promise<string[]> {
    const { rows } = await sql<{ month: string }>`SELECT DISTINCT ${MONTH_NAME} AS month FROM
      (SELECT received_at FROM search_queue ORDER BY received_at DESC, message_id DESC LIMIT ${BATCH_MESSAGES}) AS newest`.execute(
      db,
    )
    return rows.map(({ month }) => month)
  }

  /** The words of one message exceed a limit of PostgreSQL: it is found by its first ones. */
  async function indexOneByOne(months: readonly string[]): Promise<number> {
    let indexed = 0
    while (indexed < BATCH_MESSAGES) {
      const count = await index(months, 1, sql`text`).catch((error: unknown) => {
        if (isDatabaseError(error)) throw error
        return index(months, 1, sql`left(text, ${sql.lit(SHORT_TEXT)})`)
      })
      if (count === 0) break
      indexed += count
    }
    return indexed
  }

  /** One statement: a message leaves the queue when it is searchable. */
  async function index(months: readonly string[], most: number, text: ReturnType<typeof sql>): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      WITH newest AS MATERIALIZED (
        SELECT message_id FROM search_queue WHERE ${MONTH_NAME} = ANY(${months}::text[])
        ORDER BY received_at DESC, message_id DESC LIMIT ${most} FOR UPDATE SKIP LOCKED),
      taken AS (
        DELETE FROM search_queue USING newest WHERE search_queue.message_id = newest.message_id
        RETURNING search_queue.message_id, email_account_id, received_at, ${text} AS text),
      entered AS (
        INSERT INTO search_entries (message_id, email_account_id, received_at, search)
        SELECT message_id, email_account_id, received_at, ${SEARCH_VECTOR} FROM taken
        ON CONFLICT (received_at, message_id) DO UPDATE SET search = excluded.search
        RETURNING 1)
      SELECT count(*)::integer AS count FROM entered`.execute(db)
    return rows[0]!.count
  }

  function release(indexed: number): void {
    unindexed = Math.max(0, unindexed - indexed)
    if (isRunning && unindexed >= MOST_UNINDEXED) return
    const released = waiting
    waiting = []
    for (const go of released) go()
  }

  return {
    async start() {
      isRunning = true
      ticker.start()
      unlisten = await database.listen('search_queue', () => ticker.poke())
      ticker.poke()
    },
    async stop() {
      isRunning = false
      release(0)
      await unlisten?.()
      await ticker.stop()
    },
    drain: () => indexAll(new AbortController().signal),
    waitForRoom() {
      if (!isRunning || unindexed < MOST_UNINDEXED) return Promise.resolve()
      return new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, longestWaitMs)
        waiting.push(() => {
          clearTimeout(limit)
          resolve()
        })
      })
    },
    written(messages) {
      unindexed += messages
    },
    async figures() {
      const { rows } = await sql<SearchQueueFigures>`SELECT count(*)::integer AS messages,
        coalesce(greatest(extract(epoch FROM ${clock.now()}::timestamptz - min(queued_at)), 0), 0)::float8 AS "lagSeconds" FROM search_queue`.execute(
        db,
      )
      return rows[0]!
    },
  }
}
