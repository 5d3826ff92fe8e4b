import { setTimeout as delay } from 'node:timers/promises'
import type { InteractiveRequests } from '../kernel/interactive-requests.ts'

/** Part of the time that a batch of background work may take: a quarter, less on a busy database. */
const PAUSE_PER_BATCH = 3
const LONGEST_PAUSE_MS = 5_000
/** Maximum wait of a batch for requests. */
const LONGEST_WAIT_MS = 2_000

/** Runs batches of background work with pauses between them. */
export type BackgroundPace = <T>(batch: () => Promise<T>, end: AbortSignal) => Promise<T>

/**
 * Gives requests of users priority over background work: a batch waits for those in progress, and a pause of three times
 * its duration follows. A batch of a busy database takes longer, and so does its pause.
 */
export function createBackgroundPace(requests?: InteractiveRequests): BackgroundPace {
  return async (batch, end) => {
    await requests?.idle(LONGEST_WAIT_MS)
    const beganAt = performance.now()
    const result = await batch()
    const pauseMs = Math.min((performance.now() - beganAt) * PAUSE_PER_BATCH, LONGEST_PAUSE_MS)
    await delay(pauseMs, undefined, { signal: end, ref: false }).catch(() => undefined)
    return result
  }
}
