import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Outbox } from './outbox.ts'
import { Overtaken, type Change, type SubmissionRow } from './submission-rows.ts'

/** How long the copy of what was handed over may be late before a person is asked. */
export const UNCLEAR_AFTER_MS = 15 * 60_000
const SHORTEST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 5 * 60_000
/** How often to look for a copy in Sent Items. */
const LONGEST_LOOK_PAUSE_MS = 60_000

export type DeliveryEnds = ReturnType<typeof createDeliveryEnds>

/** How a claim ends, on whatever road the message goes. */
export function createDeliveryEnds({ clock, outbox }: { clock: Clock; outbox: Outbox }) {
  /** It certainly did not go out. */
  async function unsent(row: SubmissionRow, thrown: unknown): Promise<void> {
    const error = errorOf(thrown)
    if (isOfTheMessage(error)) return settle(row, 'failed', error)
    await pause(row, error)
    if (isOfTheServer(error)) await outbox.postpone(row.email_account_id, retryAt(row, error), error)
  }

  /** Waits in the outbox, with the reason shown. */
  async function pause(row: SubmissionRow, error: AppError): Promise<void> {
    const due = retryAt(row, error)
    if (row.state === 'queued' || row.state === 'sending') {
      await outbox.save(row, { state: 'queued', ...reasonOf(error), due_at: due }, { release: true })
    } else if (row.state === 'handed-over') {
      await outbox.save(row, { due_at: due }, { release: true })
    } else {
      await outbox.save(row, { tidy_at: due }, { release: true })
    }
  }

  /** Nobody knows yet, so it can neither be taken back nor sent anew: the next claim asks again. */
  async function unclear(row: SubmissionRow, error: AppError): Promise<void> {
    const change: Change = { state: 'sending', ...reasonOf(error), due_at: retryAt(row, error) }
    await outbox.save(row, change, { release: true })
  }

  async function settle(row: SubmissionRow, state: 'unknown' | 'failed', error: AppError): Promise<void> {
    const tidy_at = state === 'failed' ? clock.now() : null
    await outbox.save(row, { state, ...reasonOf(error), tidy_at }, { release: true })
  }

  /** When the other side said so, or after a pause that doubles. */
  function retryAt(row: SubmissionRow, error: AppError): Date {
    // Known to the second, and no failure.
    if (error.code === 'transports.smtp_pace') return error.upstream?.retryAt ?? clock.now()
    // Servers shut out whoever signs in wrongly again and again.
    const shortestMs = isOfTheServer(error) ? LONGEST_PAUSE_MS : SHORTEST_PAUSE_MS
    const pauseMs = Math.min(shortestMs * 2 ** Math.min(Math.max(row.attempts, 1), 20), LONGEST_PAUSE_MS)
    const at = clock.now().getTime() + pauseMs
    return new Date(Math.max(at, error.upstream?.retryAt?.getTime() ?? 0))
  }

  /** Often at first, then less: a pause as long as the wait has been. */
  function lookAgainAt(begun: Date): Date {
    const pauseMs = Math.min(Math.max(since(begun), SHORTEST_PAUSE_MS), LONGEST_LOOK_PAUSE_MS)
    return new Date(clock.now().getTime() + pauseMs)
  }

  function since(time: Date): number {
    return clock.now().getTime() - time.getTime()
  }

  return { unsent, pause, unclear, settle, retryAt, lookAgainAt, since, isOfTheMessage }
}

function reasonOf({ code, detail }: AppError): Change {
  return { state_reason: code, state_detail: detail ?? null }
}

/** What the transport threw. Ours pass by: who was overtaken, or cannot reach the database, has nothing to store. */
export function errorOf(thrown: unknown): AppError {
  if (thrown instanceof Overtaken) throw thrown
  const error = AppError.from(thrown)
  if (error.code.startsWith('database.')) throw error
  return error
}

/**
 * Whether sending this message again would end the same way. A broken sign-in, an app registration without a secret or
 * an account that is gone for now are troubles of the account: its mail waits for their end.
 */
function isOfTheMessage(error: AppError): boolean {
  if (error.remedy === 'wait' || error.remedy === 'sign-in') return false
  return !/^(tokens|cloud_providers|email_accounts|egress)\./.test(error.code) && !isOfTheServer(error)
}

/** It lets the mailbox in no more, or is not known for sure: no other message would fare better. */
function isOfTheServer({ code }: AppError): boolean {
  return /^transports\.(?:imap_|smtp_(?:tls|token|password)_refused$|smtp_(?:off|sign_in_blocked|no_passwords|sender_blocked)$)/.test(
    code,
  )
}
