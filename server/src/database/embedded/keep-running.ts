import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../../kernel/log.ts'
import { isExhausted } from './postmaster.ts'

const LOOK_EVERY_MS = 250
/** In a row; one that has stayed up for a while is a new story. */
const MOST_TRIES = 5
const FIRST_PAUSE_MS = 500
const STEADY_MS = 60_000

export interface KeepRunningOptions {
  log: Log
  /** PostgreSQL does not stay up, and nobody tries any more. */
  onGivenUp: (error: unknown) => void
  /** For tests. */
  lookEveryMs?: number
  firstPauseMs?: number
}

export interface Kept {
  /** Throws what the system says when it can't be found out. */
  isRunning: () => boolean
  startAgain: () => Promise<unknown>
}

/**
 * Starts again what ended without being asked to: killed for want of memory, or by somebody's mistake. Answers the way
 * to stop that, which waits for a start that is under way.
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
        // Out of file handles, PostgreSQL can't be looked for. It is not ended by that.
      } else if (state === 'running') {
        upMs += lookEveryMs
        if (upMs >= STEADY_MS) tries = 0
      } else {
        upMs = 0
        tries++
        log.error({ try: tries, of: MOST_TRIES }, 'PostgreSQL has ended by itself and is started again')
        // A try for which there was no file handle says nothing about PostgreSQL.
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

  /** @returns whether the start was tried at all */
  async function tryOnce(tries: number): Promise<boolean> {
    try {
      await startAgain()
      log.warn({ try: tries }, 'PostgreSQL is there again; what was committed is kept')
      return true
    } catch (error) {
      log.error({ err: error, try: tries, of: MOST_TRIES }, 'PostgreSQL could not be started again')
      const isTried = !isExhausted(error)
      if (isTried && tries >= MOST_TRIES) throw error
      await pause(firstPauseMs * 2 ** tries, undefined, { ref: false, signal: stopping.signal })
      return isTried
    }
  }

  return async (): Promise<void> => {
    stopping.abort()
    await watching
  }
}
