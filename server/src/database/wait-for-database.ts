import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from './database.ts'
import { AppError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'

/** Maximum wait in milliseconds. A database is often started together with Postkey, and takes longer. */
const WAIT_MS = 60_000
const PAUSE_MS = 1_000

/**
 * Connects to the database and retries for a minute while it does not respond. Logs a repeated cause once.
 *
 * @throws {AppError} `database.absent_at_start` after that minute; other errors of `connect` at once
 */
export async function waitForDatabase(
  connect: () => Promise<Database>,
  { log, signal, waitMs = WAIT_MS, pauseMs = PAUSE_MS }: WaitOptions,
): Promise<Database> {
  const until = performance.now() + waitMs
  let loggedReason: string | undefined
  for (;;) {
    try {
      return await within(connect, until - performance.now(), signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof AppError) || error.code !== 'database.unavailable') throw error
      const reason = reasonOf(error)
      const leftMs = until - performance.now()
      if (leftMs <= pauseMs) throw new AppError('database.absent_at_start', { cause: error })
      if (reason !== loggedReason)
        log.warn({ reason, secondsLeft: Math.round(leftMs / 1000) }, 'Waiting for the database')
      loggedReason = reason
    }
    await delay(pauseMs, undefined, { signal })
  }
}

export interface WaitOptions {
  log: Log
  /** Aborts the wait. */
  signal: AbortSignal
  /** Maximum wait in milliseconds; set by tests. */
  waitMs?: number
  pauseMs?: number
}

/**
 * Connects within a time limit. A frozen database accepts the connection and does not respond. A connection that
 * succeeds late is closed again.
 */
async function within(connect: () => Promise<Database>, limitMs: number, signal: AbortSignal): Promise<Database> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.ceil(limitMs)))])
  const connecting = connect()
  const overdue = Promise.withResolvers<never>()
  const giveUp = () => overdue.reject(new AppError('database.unavailable', { cause: new Error('It did not answer') }))
  over.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([connecting, overdue.promise])
  } catch (error) {
    connecting.then((late) => late.close()).catch(() => undefined)
    throw error
  } finally {
    over.removeEventListener('abort', giveUp)
  }
}

/** Reason for a failed connection. Node leaves the message empty when several addresses refuse. */
function reasonOf({ cause }: AppError): string {
  if (!(cause instanceof Error)) return 'unknown'
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  return [code, cause.message].filter(Boolean).join(': ')
}
