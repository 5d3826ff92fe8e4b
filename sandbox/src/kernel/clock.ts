import type { Database } from './database.ts'

/** The only source of "now" in the sandbox. Token lifetimes, mail dates and deferred work all follow it. */
export interface Clock {
  now(): Date
}

/** A clock that runs with the system's, some way ahead of it or behind it. */
export interface MovableClock extends Clock {
  /** How far this clock is ahead of the system's, in milliseconds. */
  readonly offsetMs: number
  move(byMs: number): void
  /** Calls `listener` after each move, so that whatever waits for a time can look again. */
  onMove(listener: () => void): void
}

/** A movable clock that keeps its offset in the sandbox's file, so a restart does not turn time back. */
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
