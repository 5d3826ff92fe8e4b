import { type BatchSize, USUAL_BATCH } from '../conversations/index.ts'
import type { Database, Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { BackgroundPace } from './background-pace.ts'

/** Errors that a smaller batch may avoid. */
const OF_LARGE_BATCHES: ReadonlySet<string> = new Set(['database.deadlock', 'database.lock_busy', 'database.too_slow'])
const SMALLER_BY = 8
/** Limit of each statement of a smaller batch in milliseconds. */
const SLOW_BATCH_MS = 3 * 60_000

/** Batches of a deletion, each in its own transaction. */
export interface Deletions {
  batch<T>(work: (tx: Tx, size: BatchSize) => Promise<T>): Promise<T>
}

/**
 * Runs batches with pauses. After one that was too slow, the same and all later ones are smaller and have more time, so that a
 * slow disk or a large conversation can't stop the deletion permanently.
 */
export function createDeletions(
  database: Pick<Database, 'transaction'>,
  pace: BackgroundPace,
  end: AbortSignal,
): Deletions {
  let size = USUAL_BATCH
  async function batch<T>(work: (tx: Tx, size: BatchSize) => Promise<T>): Promise<T> {
    const limit = size === USUAL_BATCH ? {} : { limitMs: SLOW_BATCH_MS }
    try {
      return await pace(() => database.transaction((tx) => work(tx, size), limit), end)
    } catch (error) {
      if (!(error instanceof AppError && OF_LARGE_BATCHES.has(error.code)) || size.messages === 1 || end.aborted)
        throw error
      size = { messages: Math.ceil(size.messages / SMALLER_BY), bytes: Math.ceil(size.bytes / SMALLER_BY) }
      return batch(work)
    }
  }
  return { batch }
}
