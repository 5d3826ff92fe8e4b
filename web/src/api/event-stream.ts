/** One event stream of the server, reopened when it breaks or falls silent. */

/** Delay before a refused stream is retried. */
const REOPEN_MS = 5_000
/** Interval before the server has stated its own. */
const FIRST_PING_MS = 15_000
/** Tolerated delay of a ping: a busy server, a slow line, a throttled tab. */
const GRACE_MS = 5_000

interface EventStreamOptions {
  open: () => EventSource
  /** Connected, for the first time or again: fetch everything, because events may have been missed. */
  onOpen: () => void
  /** Events are interrupted. */
  onLost: () => void
  /** The server refused the stream, and the browser doesn't retry by itself. */
  onRefused: () => void
  onMessage: (data: string) => void
  /** Named events; they aren't stored and have no id. */
  onNamed?: Readonly<Record<string, (data: string) => void>>
}

/**
 * Keeps an event stream open until the returned function is called. A connection can be dead without an error when a
 * proxy or a firewall drops it silently. Therefore the server sends `ping` events and states their interval; a stream
 * that stays silent for two intervals is closed and reopened.
 */
export function keepEventStream(options: EventStreamOptions): () => void {
  const { onOpen, onLost, onRefused, onMessage, onNamed = {} } = options
  let source: EventSource
  let pingMs = FIRST_PING_MS
  let watchdog: ReturnType<typeof setTimeout> | undefined
  let reopening: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    source = options.open()
    source.onopen = () => {
      alive()
      onOpen()
    }
    source.onerror = () => {
      onLost()
      if (source.readyState !== EventSource.CLOSED) return
      clearTimeout(watchdog)
      onRefused()
      reopening = setTimeout(open, REOPEN_MS)
    }
    source.onmessage = ({ data }: MessageEvent<string>) => {
      alive()
      onMessage(data)
    }
    source.addEventListener('ping', ({ data }: MessageEvent<string>) => {
      pingMs = intervalOf(data) ?? pingMs
      alive()
    })
    for (const [name, listener] of Object.entries(onNamed)) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        alive()
        listener(data)
      })
    }
    // Covers a connection that never gets a response.
    alive()
  }

  function alive(): void {
    clearTimeout(watchdog)
    watchdog = setTimeout(reopen, 2 * pingMs + GRACE_MS)
  }

  function reopen(): void {
    source.close()
    onLost()
    open()
  }

  open()
  return () => {
    clearTimeout(watchdog)
    clearTimeout(reopening)
    source.close()
  }
}

function intervalOf(data: string): number | undefined {
  const { everyMs } = JSON.parse(data) as { everyMs?: number }
  return everyMs !== undefined && everyMs > 0 ? everyMs : undefined
}
