import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from '../../kernel/backoff.ts'
import type { Log } from '../../kernel/log.ts'
import { isExhausted } from './postmaster.ts'

const LOOK_EVERY_MS = 250
/** Maximum starts in a row. The count resets after PostgreSQL has stayed up for a while. */
const MOST_TRIES = 5
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000
const STEADY_MS = 60_000

export interface KeepRunningOptions {
  log: Log
  /** Called when PostgreSQL doesn't stay up and no further start is tried. */
  onGivenUp: (error: unknown) => void
  /** Interval between checks in milliseconds, for tests. */
  lookEveryMs?: number
  firstPauseMs?: number
}

export interface Kept {
  /** Throws the system's error when the state can't be determined. */
  isRunning: () => boolean
  startAgain: () => Promise<unknown>
}

/**
 * Restarts a process that ended unexpectedly, such as when the system killed it for lack of memory. Returns a function
 * that stops the restarts and waits for a start in progress.
 */
export function keepRunning({ isRunning, startAgain }: Kept, options: KeepRunningOptions) {
  const { log, onGivenUp, lookEveryMs = LOOK_EVERY_MS, firstPauseMs = FIRST_PAUSE_MS } = options
  const stopping = new AbortController()
  let isBlind = false
  const watching = watch().catch((error: unknown) => {
    if (!stopping.signal.aborted) onGivenUp(error)
  })

  async function watch(): Promise<void> {
    let tries = 0
    let upMs = 0
    while (!stopping.signal.aborted) {
      const state = look()
      if (state === 'unknown') {
        // Out of file handles, the state of PostgreSQL can't be determined. It must not count as ended.
      } else if (state === 'running') {
        upMs += lookEveryMs
        if (upMs >= STEADY_MS) tries = 0
      } else {
        upMs = 0
        tries++
        log.error({ try: tries, of: MOST_TRIES }, 'PostgreSQL has ended by itself and is started again')
        // A start that failed for lack of file handles doesn't prove a fault of PostgreSQL.
        if (!(await tryOnce(tries))) tries--
      }
      await pause(lookEveryMs, undefined, { ref: false, signal: stopping.signal })
    }
  }

  function look(): 'running' | 'ended' | 'unknown' {
    try {
      const state = isRunning() ? 'running' : 'ended'
      isBlind = false
      return state
    } catch (error) {
      if (!isExhausted(error)) throw error
      if (!isBlind) log.warn({ err: error }, 'PostgreSQL cannot be looked for, as no file handle is left')
      isBlind = true
      return 'unknown'
    }
  }

  /**
   * Tries one start.
   *
   * @returns true when the start was really tried
   */
  async function tryOnce(tries: number): Promise<boolean> {
    try {
      await startAgain()
      log.warn({ try: tries }, 'PostgreSQL is there again; what was committed is kept')
      return true
    } catch (error) {
      log.error({ err: error, try: tries, of: MOST_TRIES }, 'PostgreSQL could not be started again')
      const isTried = !isExhausted(error)
      if (isTried && tries >= MOST_TRIES) throw error
      const pauseMs = backoffMs({ first: firstPauseMs, longest: LONGEST_PAUSE_MS, jitter: 0 }, tries)
      await pause(pauseMs, undefined, { ref: false, signal: stopping.signal })
      return isTried
    }
  }

  return async (): Promise<void> => {
    stopping.abort()
    await watching
  }
}
