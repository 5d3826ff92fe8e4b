import type { Database } from './database.ts'

/** The only source of the current time in the sandbox. Token lifetimes, mail dates and deferred work use it. */
export interface Clock {
  now(): Date
}

/** A clock that runs at the system's speed with an offset. */
export interface MovableClock extends Clock {
  /** Offset of this clock from the system's, in milliseconds; positive when ahead. */
  readonly offsetMs: number
  move(byMs: number): void
  /** Registers a listener that is called after each move, so that scheduled work can check the time again. */
  onMove(listener: () => void): void
}

/** Creates a movable clock that stores its offset in the sandbox's file, so that a restart does not turn time back. */
export function createMovableClock(database: Database): MovableClock {
  const listeners: (() => void)[] = []
  let offsetMs = Number(database.setting('clock.offset_ms') ?? 0)

  return {
    now: () => new Date(Date.now() + offsetMs),
    get offsetMs() {
      return offsetMs
    },
    move(byMs) {
      offsetMs += byMs
      database.setSetting('clock.offset_ms', String(offsetMs))
      for (const listener of listeners) listener()
    },
    onMove(listener) {
      listeners.push(listener)
    },
  }
}
