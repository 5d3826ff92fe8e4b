/** Treatment of an endpoint, depending on its slow responses. */
export type Pace = 'normal' | 'delayed' | 'dropped'

/** Counts slow responses per endpoint. */
export interface Paces {
  of(url: string, nowMs: number): Pace
  /** Records a response, or its absence, after `elapsedMs` for a number of notifications. */
  record(url: string, nowMs: number, notifications: number, elapsedMs: number): void
}

const WINDOW_MS = 10 * 60 * 1000
const SLOW_MS = 2900
const ENOUGH_TO_JUDGE = 100
const DELAYED_SHARE = 0.1
const DROPPED_SHARE = 0.15

/**
 * Microsoft's rules for slow endpoints, in the older, documented form. The rules apply in a window of ten minutes with
 * at least 100 notifications. If 10 % of the responses take more than 2.9 s, all further notifications are delayed; at
 * 15 % they are dropped. The count restarts with each window. Microsoft's page of 2026 counts responses after 10 s; the
 * rule that the service really applies is unconfirmed.
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
