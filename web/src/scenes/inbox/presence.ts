import type { Viewer } from '../../api/client.ts'

/** The server forgets a viewer after 30 seconds, so one report may get lost. */
const REPORT_EVERY_MS = 10_000

interface PresenceCalls {
  /** Reports the user's own presence, and returns the others. */
  report: () => Promise<readonly Viewer[]>
  list: () => Promise<readonly Viewer[]>
  /** Calls the listener when the viewers have changed; returns a function that stops it. */
  onChange: (listener: () => void) => () => void
}

/**
 * Reports presence until it is stopped, and passes on the other viewers. The event stream announces changes, but not
 * that a viewer fell silent: the viewers are listed again when the first of them expires.
 */
export function keepPresence({ report, list, onChange }: PresenceCalls, show: (viewers: readonly Viewer[]) => void) {
  let isOver = false
  let expiry: ReturnType<typeof setTimeout> | undefined

  function read(answer: Promise<readonly Viewer[]>): void {
    // Viewers are unknown without the server.
    void answer
      .catch(() => [])
      .then((viewers) => {
        if (isOver) return
        show(viewers)
        clearTimeout(expiry)
        if (viewers.length === 0) return
        expiry = setTimeout(() => read(list()), Math.min(...viewers.map(({ expiresInMs }) => expiresInMs)))
      })
  }

  read(report())
  const timer = setInterval(() => read(report()), REPORT_EVERY_MS)
  const stop = onChange(() => read(list()))
  return () => {
    isOver = true
    clearInterval(timer)
    clearTimeout(expiry)
    stop()
  }
}
