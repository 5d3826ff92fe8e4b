import type { Clock } from './clock.ts'

/** How often the clock is looked at. It may have been moved, so a timer over the whole pause would sleep too long. */
const LOOK_EVERY_MS = 500

export interface TickerOptions {
  clock: Clock
  /** The pause between two beginnings, by `clock`. */
  everyMs: number
  /** One run at a time; what it throws goes to `onError` and the next run comes all the same. */
  run: () => Promise<void>
  onError: (error: unknown) => void
}

/** Work that comes again and again for as long as the process lives. */
export interface Ticker {
  /** The first run begins at once. */
  start(): void
  /** Runs now, or once more after the run that is under way. */
  poke(): void
  /** Waits for the run that is under way. */
  stop(): Promise<void>
  /** Resolves when nothing runs and no run was asked for: for tests. */
  settled(): Promise<void>
}

/**
 * Runs by business time: whoever moves the clock by a day gets the run that was due in it within a second. What is to be
 * done in a run stands in the database as `due_at`, so a run that is missed or done twice harms nothing.
 */
export function createTicker({ clock, everyMs, run, onError }: TickerOptions): Ticker {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let poked = false
  let lastBeganAt = -Infinity

  function look(): void {
    const now = clock.now().getTime()
    // A clock that was set back must not silence it for as long as it was set back by.
    if (now - lastBeganAt >= everyMs || now < lastBeganAt) poke()
  }

  function poke(): void {
    poked = true
    if (timer === undefined || running) return
    poked = false
    lastBeganAt = clock.now().getTime()
    running = run()
      .catch(onError)
      .finally(() => {
        running = undefined
        if (poked) poke()
      })
  }

  return {
    start() {
      timer ??= setInterval(look, LOOK_EVERY_MS)
      look()
    },
    poke,
    async stop() {
      clearInterval(timer)
      timer = undefined
      await running
    },
    async settled() {
      while (running) await running
    },
  }
}
