import type { Clock } from './clock.ts'
import { createRounds } from './rounds.ts'

/**
 * Interval between reads of the clock. The clock may be moved, so a timer over the whole interval could sleep too long.
 */
const LOOK_EVERY_MS = 500

export interface TickerOptions {
  /** Label in metrics and in the log, as `room.work`. */
  name: string
  clock: Clock
  /** Milliseconds between the starts of two rounds, by `clock`. */
  everyMs: number
  /** Deadline in milliseconds of machine time. Longer than a round that makes progress. */
  deadlineMs: number
  /** Runs one round at a time; `over` and `late` as in `RoundsOptions`. Errors are passed to `onError`. */
  run: (over: AbortSignal, late: AbortSignal) => Promise<void>
  onError: (error: unknown) => void
}

/** Recurring work that runs as long as the process lives. */
export interface Ticker {
  /** Starts the first round at once. */
  start(): void
  /** Starts a round now, or one more after the current round. */
  poke(): void
  /** Stops the work and waits for the current round, for a few seconds at most. */
  stop(): Promise<void>
  /** Resolves when no round runs and none was requested, for tests. */
  settled(): Promise<void>
}

/**
 * Creates a ticker on business time: when the clock is moved by a day, a round due in that day runs within a second.
 * Due work is stored in the database as `due_at`, so a missed or repeated round has no effect on it.
 */
export function createTicker({ name, clock, everyMs, deadlineMs, run, onError }: TickerOptions): Ticker {
  let timer: NodeJS.Timeout | undefined
  let lastBeganAt = -Infinity
  const rounds = createRounds({
    name,
    deadlineMs,
    run(over, late) {
      lastBeganAt = clock.now().getTime()
      return run(over, late)
    },
    onError,
  })

  function look(): void {
    const now = clock.now().getTime()
    // A clock that was set back must not delay the ticker by that amount.
    if (now - lastBeganAt >= everyMs || now < lastBeganAt) rounds.poke()
  }

  return {
    start() {
      rounds.start()
      timer ??= setInterval(look, LOOK_EVERY_MS)
      look()
    },
    poke: rounds.poke,
    async stop() {
      clearInterval(timer)
      timer = undefined
      await rounds.stop()
    },
    settled: rounds.settled,
  }
}
