import { backoffMs } from '../../kernel/backoff.ts'
import type { AppError } from '../../kernel/errors.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

/** Limits of the polling interval of a mailbox without notifications: short after new mail, long when quiet. */
export const POLL_MS = { shortest: 15 * SECOND_MS, longest: 60 * SECOND_MS }

/** Polling interval despite notifications, because notifications can get lost unnoticed. */
export const SAFETY_POLL_MS = 5 * MINUTE_MS

const BACK_OFF_MS = { first: 5 * SECOND_MS, longest: 10 * MINUTE_MS, jitter: 1 }

/**
 * Backoff for faults that a person has to fix, possibly at Microsoft without notifying Postkey. People usually fix a
 * fault soon after the alert, so retries follow after 1, 2, 4 and 8 minutes and then every 15 minutes. A retry is one
 * request to Entra ID or Graph; a grant known to have expired causes none.
 */
export const WAIT_FOR_PERSON_MS = { first: MINUTE_MS, longest: 15 * MINUTE_MS }

/** Maximum pause set by Postkey. Only the server can request a longer one. */
export const LONGEST_RIGHTFUL_PAUSE_MS = WAIT_FOR_PERSON_MS.longest + MINUTE_MS

/**
 * Returns the time of the next poll of a healthy account: after one twentieth of the time since its last mail, within
 * 15 and 60 seconds.
 */
export function nextPoll(
  { now, lastMailAt, isTold }: { now: Date; lastMailAt: Date | undefined; isTold: boolean },
  random: () => number,
): Date {
  const quietMs = lastMailAt ? now.getTime() - lastMailAt.getTime() : Infinity
  const pollMs = Math.min(Math.max(quietMs / 20, POLL_MS.shortest), POLL_MS.longest)
  // Jitter, so that accounts started together are not polled together forever.
  const ms = (isTold ? SAFETY_POLL_MS : pollMs) * (1 - random() / 10)
  return new Date(now.getTime() + Math.max(ms, POLL_MS.shortest))
}

/**
 * Returns the time of the next try of a failed account: exponential backoff with full jitter, never before the time set
 * by the server. `attempts`: failures so far. `waitsMs`: time it has waited for a person.
 *
 * @see https://learn.microsoft.com/graph/throttling
 */
export function nextTry(
  error: AppError,
  { now, attempts, waitsMs = 0 }: { now: Date; attempts: number; waitsMs?: number },
  random: () => number,
): Date {
  const retryAt = error.upstream?.retryAt?.getTime() ?? 0
  if (error.remedy === 'sign-in' || error.remedy === 'admin') {
    return new Date(Math.max(now.getTime() + pauseForPerson(waitsMs) * (1 - random() / 10), retryAt))
  }
  const floorMs = Math.max(SECOND_MS, retryAt - now.getTime())
  return new Date(now.getTime() + backoffMs(BACK_OFF_MS, attempts, { random, floorMs }))
}

/** Exponential backoff: each pause equals the time waited so far. */
function pauseForPerson(waitsMs: number): number {
  return Math.min(Math.max(waitsMs, WAIT_FOR_PERSON_MS.first), WAIT_FOR_PERSON_MS.longest)
}
