import type { AppError } from '../../kernel/errors.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

/** Between these we ask a mailbox that cannot tell us: soon where something goes on, seldom where it is quiet. */
export const POLL_MS = { shortest: 15 * SECOND_MS, longest: 60 * SECOND_MS }

/** Told by the server, we ask nonetheless: notifications get lost, and nobody says when. */
export const SAFETY_POLL_MS = 5 * MINUTE_MS

const BACK_OFF_MS = { first: 5 * SECOND_MS, longest: 10 * MINUTE_MS }

/**
 * What a person has to end may have been ended at Microsoft without our hearing of it. Whoever mends it does so soon after
 * being told, so it is looked at after 1, 2, 4 and 8 minutes and then every quarter of an hour: four tries in the first 15
 * minutes instead of one, and four an hour from then on as before. A try is one request to Entra ID or Graph; none for a
 * sign-in that is known to have ended.
 */
export const WAIT_FOR_PERSON_MS = { first: MINUTE_MS, longest: 15 * MINUTE_MS }

/** Nothing here sets an account aside for longer, unless the server asked for it. */
export const LONGEST_RIGHTFUL_PAUSE_MS = WAIT_FOR_PERSON_MS.longest + MINUTE_MS

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
 * named. `attempts` is how often it failed already, `waitsMs` how long it has waited for a person.
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
  const longest = Math.min(BACK_OFF_MS.first * 2 ** Math.min(attempts, 20), BACK_OFF_MS.longest)
  return new Date(Math.max(now.getTime() + SECOND_MS, retryAt) + random() * longest)
}

/** As long again as it has lasted: each pause is twice the one before. */
function pauseForPerson(waitsMs: number): number {
  return Math.min(Math.max(waitsMs, WAIT_FOR_PERSON_MS.first), WAIT_FOR_PERSON_MS.longest)
}
