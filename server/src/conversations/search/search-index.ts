import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { createTicker } from '../../kernel/ticker.ts'
import { mergePending } from './month-partitions.ts'
import { createSearchBatches } from './search-batches.ts'

/** Messages stored by this process beyond which an import waits: less than a second of indexing. */
const MOST_UNINDEXED = 600
/** Longest wait of an import, so that a search index that fails does not stop mail. */
const LONGEST_WAIT_MS = 2_000
/** Interval of a check for work whose notification was lost. */
const CHECK_EVERY_MS = 60_000
const ROUND_LIMIT_MS = 60_000
/** Time without new messages after which waiting words are merged into the index. */
const QUIET_MS = 5_000

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
  const indexBatch = createSearchBatches(database, onError)
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
      const { messages, months, isMore } = await indexBatch()
      for (const month of months) unmerged.add(month)
      if (messages > 0) indexedAt = performance.now()
      release(messages)
      if (!isMore) break
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
