/** How an endpoint is treated for being slow. */
export type Pace = 'normal' | 'delayed' | 'dropped'

/** Keeps count of slow endpoints. */
export interface Paces {
  of(url: string, nowMs: number): Pace
  /** `notifications` were answered, or not, after `elapsedMs`. */
  record(url: string, nowMs: number, notifications: number, elapsedMs: number): void
}

const WINDOW_MS = 10 * 60 * 1000
const SLOW_MS = 2900
const ENOUGH_TO_JUDGE = 100
const DELAYED_SHARE = 0.1
const DROPPED_SHARE = 0.15

/**
 * Microsoft's rules for slow endpoints, in the older, documented form: of at least 100 notifications in a window of
 * ten minutes, 10 % answered after more than 2.9 s delay all further ones, 15 % drop them. Counting starts anew with
 * each window. Its page of 2026 counts answers after 10 s; which of the two the service follows is not known (unsure).
 *
 * @see https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#throttling
 */
export function createPaces(): Paces {
  const windows = new Map<string, { startsAt: number; all: number; slow: number }>()

  function current(url: string, nowMs: number) {
    for (const [each, { startsAt }] of windows) {
      if (nowMs - startsAt >= WINDOW_MS || startsAt > nowMs) windows.delete(each)
    }
    return windows.get(url)
  }

  return {
    of(url, nowMs) {
      const window = current(url, nowMs)
      if (!window || window.all < ENOUGH_TO_JUDGE) return 'normal'
      const share = window.slow / window.all
      return share >= DROPPED_SHARE ? 'dropped' : share >= DELAYED_SHARE ? 'delayed' : 'normal'
    },
    record(url, nowMs, notifications, elapsedMs) {
      const window = current(url, nowMs) ?? { startsAt: nowMs, all: 0, slow: 0 }
      window.all += notifications
      if (elapsedMs > SLOW_MS) window.slow += notifications
      windows.set(url, window)
    },
  }
}
