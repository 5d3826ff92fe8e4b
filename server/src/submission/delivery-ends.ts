import { backoffMs } from '../kernel/backoff.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, isDatabaseError } from '../kernel/errors.ts'
import { needsPerson } from './sending-states.ts'
import type { Outbox } from './outbox.ts'
import { Overtaken, type Change, type SubmissionRow } from './submission-rows.ts'

/** Maximum delay of the Sent copy before a person has to decide. */
export const UNCLEAR_AFTER_MS = 15 * 60_000
const SHORTEST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 5 * 60_000
/** Maximum share by which a pause is shortened at random, so that retries of messages and mailboxes spread. */
const JITTER = 0.2
/**
 * Period after which a message with transient errors fails (RFC 5321 §4.5.4.1: "at least 4-5 days"). An account fault
 * has no limit: an incident reports it and reminds until a person fixes it. Afterwards the period starts again.
 */
export const GIVE_UP_AFTER_MS = 5 * 24 * 60 * 60_000
/** Maximum pause between searches for a copy in Sent Items. */
const LONGEST_LOOK_PAUSE_MS = 60_000

export type DeliveryEnds = ReturnType<typeof createDeliveryEnds>

/** Decides whether a submission is retried, failed or unknown after an attempt. */
export function createDeliveryEnds({
  clock,
  outbox,
  random = Math.random,
}: {
  clock: Clock
  outbox: Outbox
  random?: () => number
}) {
  /** Ends an attempt that certainly did not send the message. */
  async function unsent(row: SubmissionRow, thrown: unknown): Promise<void> {
    const error = toTransportError(thrown)
    if (isOfTheMessage(error)) return settle(row, 'failed', error)
    await pause(row, error)
  }

  /** Keeps the message in the outbox and shows the reason. */
  async function pause(row: SubmissionRow, error: AppError): Promise<void> {
    const due = retryAt(row, error)
    if (row.state === 'queued' || row.state === 'sending') {
      const transient_since = error.remedy === 'wait' ? (row.transient_since ?? clock.now()) : null
      if (await isOver(row, transient_since)) return settle(row, 'failed', gaveUp(error))
      // While its lane is held, the message keeps its position.
      const due_at = error.entry.submission === 'hold-login' ? row.due_at : due
      const verdict = { kind: 'refused', error, until: due } as const
      const change: Change = { state: 'queued', ...reasonOf(error), due_at, transient_since }
      await outbox.save(row, change, { release: true, verdict })
    } else if (row.state === 'handed-over') {
      await outbox.save(row, { due_at: searchAgainAt(row.handed_over_at!, error) }, { release: true })
    } else {
      await outbox.save(row, { tidy_at: searchAgainAt(row.created_at, error) }, { release: true })
    }
  }

  /**
   * Keeps a message of unknown outcome, which can neither be canceled nor sent again. The next claim checks the
   * outcome.
   */
  async function unclear(row: SubmissionRow, error: AppError): Promise<void> {
    const until = retryAt(row, error)
    const change: Change = { state: 'sending', ...reasonOf(error), due_at: until }
    const verdict = needsPerson(error) ? ({ kind: 'refused', error, until } as const) : undefined
    await outbox.save(row, change, { release: true, verdict })
  }

  async function settle(row: SubmissionRow, state: 'unknown' | 'failed', error: AppError): Promise<void> {
    const tidy_at = state === 'failed' ? clock.now() : null
    await outbox.save(row, { state, ...reasonOf(error), tidy_at }, { release: true })
  }

  /** Returns the end of an exponential backoff, never before the time set by the server. */
  function retryAt(row: SubmissionRow, error: AppError): Date {
    return afterPause(shortestPause(error), Math.max(row.attempts, 1), error)
  }

  async function isOver(row: SubmissionRow, transientSince: Date | null): Promise<boolean> {
    if (!transientSince || since(transientSince) < GIVE_UP_AFTER_MS) return false
    // During a mailbox fault, this message was not tried.
    const faultAt = await outbox.faultAt(row.email_account_id)
    return faultAt === undefined || since(faultAt) >= GIVE_UP_AFTER_MS
  }

  function gaveUp(cause: AppError): AppError {
    const said = cause.detail === undefined ? '' : ` ${cause.detail}`
    return new AppError('submission.gave_up', { cause, detail: `${cause.message}.${said}` })
  }

  /** Backoff: the pause equals the time waited so far, within limits. */
  function lookAgainAt(begun: Date): Date {
    const first = Math.max(since(begun), SHORTEST_PAUSE_MS)
    return after(backoffMs({ first, longest: LONGEST_LOOK_PAUSE_MS, jitter: 0 }, 0))
  }

  /**
   * Backoff after a failed search, which does not count as an attempt. The pause equals the duration of the errors, and
   * ends no earlier than the time set by the server.
   */
  function searchAgainAt(failingSince: Date, error: AppError): Date {
    return afterPause(Math.max(since(failingSince), shortestPause(error)), 0, error)
  }

  /** Servers lock logins after repeated refusals, and new permissions take minutes to apply. */
  function shortestPause(error: AppError): number {
    return needsPerson(error) ? LONGEST_PAUSE_MS : SHORTEST_PAUSE_MS
  }

  function afterPause(first: number, failures: number, { upstream }: AppError): Date {
    const floorMs = Math.max(0, (upstream?.retryAt?.getTime() ?? 0) - clock.now().getTime())
    return after(backoffMs({ first, longest: LONGEST_PAUSE_MS, jitter: JITTER }, failures, { random, floorMs }))
  }

  function after(ms: number): Date {
    return new Date(clock.now().getTime() + Math.round(ms))
  }

  function since(time: Date): number {
    return clock.now().getTime() - time.getTime()
  }

  return { unsent, pause, unclear, settle, retryAt, searchAgainAt, lookAgainAt, since, isOfTheMessage }
}

export function reasonOf({ code, detail }: AppError): Change {
  return { state_reason: code, state_detail: detail ?? null }
}

/**
 * Converts an error of the transport. Rethrows internal errors: a worker with an expired lease or without a database
 * can't store a result.
 */
export function toTransportError(thrown: unknown): AppError {
  if (thrown instanceof Overtaken) throw thrown
  const error = AppError.from(thrown)
  if (isDatabaseError(error)) throw error
  return error
}

/** Returns true for an error of the message itself, which would recur if it were sent again unchanged. */
function isOfTheMessage(error: AppError): boolean {
  return error.entry.submission === 'fail'
}
