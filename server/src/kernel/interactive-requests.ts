/** A request in progress for longer is a stream or a download, which waits for its network. */
const LONGEST_INTERACTIVE_MS = 5000
const ACTIVE_FOR_MS = 1000

/** Requests of users and API clients in this process. Imports make room for them. */
export interface InteractiveRequests {
  /** True while a request is in progress, and for a second afterwards. */
  readonly isActive: boolean
  /** Registers a request. Returns a function that ends it. */
  begin(): () => void
  /** Resolves when no request is in progress, after `limitMs` at the latest. */
  idle(limitMs: number): Promise<void>
}

/** @param now monotonic time in milliseconds */
export function createInteractiveRequests(now: () => number = () => performance.now()): InteractiveRequests {
  const open = new Set<{ beganAt: number }>()
  const waiting = new Set<() => void>()
  let endedAt = -Infinity

  function hasOpen(): boolean {
    for (const request of open) {
      if (now() - request.beganAt <= LONGEST_INTERACTIVE_MS) return true
      open.delete(request)
    }
    return false
  }

  return {
    get isActive() {
      return hasOpen() || now() - endedAt < ACTIVE_FOR_MS
    },
    begin() {
      const request = { beganAt: now() }
      open.add(request)
      return () => {
        if (!open.delete(request)) return
        endedAt = now()
        if (!hasOpen()) for (const end of waiting) end()
      }
    },
    async idle(limitMs) {
      if (!hasOpen()) return
      const { promise, resolve } = Promise.withResolvers<undefined>()
      const end = () => resolve(undefined)
      waiting.add(end)
      const timer = setTimeout(end, limitMs)
      await promise
      clearTimeout(timer)
      waiting.delete(end)
    },
  }
}
