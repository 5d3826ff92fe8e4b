import type { Clock } from './clock.ts'
import { createRounds } from './rounds.ts'

/** How often the clock is read. It may have been moved, so a timer over the whole pause would sleep too long. */
const LOOK_EVERY_MS = 500

export interface TickerOptions {
  /** Label in metrics and in the log: `room.work`. */
  name: string
  clock: Clock
  /** The pause between the starts of two rounds, by `clock`. */
  everyMs: number
  /** Machine time. Longer than a round that makes progress. */
  deadlineMs: number
  /** One round at a time; `over` and `late` as in `RoundsOptions`. Errors go to `onError`. */
  run: (over: AbortSignal, late: AbortSignal) => Promise<void>
  onError: (error: unknown) => void
}

/** Recurring work for as long as the process lives. */
export interface Ticker {
  /** The first round starts at once. */
  start(): void
  /** Starts a round now, or one more after the round that runs. */
  poke(): void
  /** Waits for the round that runs, for a few seconds at most. */
  stop(): Promise<void>
  /** Resolves when no round runs and none was asked for: for tests. */
  settled(): Promise<void>
}

/**
 * Runs by business time: a clock moved by a day leads to the round that was due in that day within a second. Due work
 * stands in the database as `due_at`, so a round that is missed or done twice harms nothing.
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
    // A clock that was set back must not silence it for as long as it was set back by.
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
