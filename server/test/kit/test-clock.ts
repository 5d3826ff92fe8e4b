import type { Clock } from '../../src/kernel/clock.ts'

export interface TestClock extends Clock {
  /** Moves the time forward by `ms`. */
  advance(ms: number): void
  set(time: string | Date): void
}

/** Creates a clock that stands still until a test moves it. */
export function createTestClock(start: string | Date = '2026-01-01T00:00:00Z'): TestClock {
  let now = new Date(start).getTime()
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms
    },
    set: (time) => {
      now = new Date(time).getTime()
    },
  }
}
