import type { AppError } from '../kernel/errors.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

/** Between these we ask a mailbox that cannot tell us: soon where something goes on, seldom where it is quiet. */
export const POLL_MS = { shortest: 15 * SECOND_MS, longest: 60 * SECOND_MS }

/** Told by the server, we ask nonetheless: notifications get lost, and nobody says when. */
export const SAFETY_POLL_MS = 5 * MINUTE_MS

const BACK_OFF_MS = { first: 5 * SECOND_MS, longest: 10 * MINUTE_MS }

/** What a person has to end is looked at in these intervals: it may have been ended without our hearing of it. */
export const WAIT_FOR_PERSON_MS = 15 * MINUTE_MS

/** Nothing here sets an account aside for longer, unless the server asked for it. */
export const LONGEST_RIGHTFUL_PAUSE_MS = WAIT_FOR_PERSON_MS + MINUTE_MS

/**
 * When an account that is well is asked again. Of the time that it has been quiet a twentieth: a mailbox where mail
 * came a minute ago is asked every 15 seconds, one where it came half an hour ago every minute.
 */
export function nextPoll(
  { now, lastMailAt, isTold }: { now: Date; lastMailAt: Date | undefined; isTold: boolean },
  random: () => number,
): Date {
  const quietMs = lastMailAt ? now.getTime() - lastMailAt.getTime() : Infinity
  const pollMs = Math.min(Math.max(quietMs / 20, POLL_MS.shortest), POLL_MS.longest)
  // Accounts that began together must not ask together for ever.
  const ms = (isTold ? SAFETY_POLL_MS : pollMs) * (1 - random() / 10)
  return new Date(now.getTime() + Math.max(ms, POLL_MS.shortest))
}

/**
 * When an account that failed is tried again: growing pauses with full jitter, never before the time that the server
 * named. `attempts` is how often it failed already.
 *
 * @see https://learn.microsoft.com/graph/throttling
 */
export function nextTry(
  error: AppError,
  { now, attempts }: { now: Date; attempts: number },
  random: () => number,
): Date {
  const retryAt = error.upstream?.retryAt?.getTime() ?? 0
  if (error.remedy === 'sign-in' || error.remedy === 'admin') {
    return new Date(Math.max(now.getTime() + WAIT_FOR_PERSON_MS * (1 - random() / 10), retryAt))
  }
  const longest = Math.min(BACK_OFF_MS.first * 2 ** Math.min(attempts, 20), BACK_OFF_MS.longest)
  return new Date(Math.max(now.getTime() + SECOND_MS, retryAt) + random() * longest)
}
