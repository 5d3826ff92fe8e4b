/** One event stream of the server, opened again when it breaks or falls silent. */

/** Until a stream that was refused is asked for again. */
export const REOPEN_MS = 5_000
/** Before the server has stated its interval. */
const FIRST_PING_MS = 15_000
/** A ping may be late by this much: a busy server, a slow line, a throttled tab. */
const GRACE_MS = 5_000

export interface EventStreamOptions {
  open: () => EventSource
  /** Connected, for the first time or again: read everything again, what happened meanwhile was missed. */
  onOpen: () => void
  /** No events arrive at the moment. */
  onLost: () => void
  /** The server refused the stream, and the browser does not ask again by itself. */
  onRefused: () => void
  onMessage: (data: string) => void
  /** Events with a name of their own; they are not stored and have no id. */
  onNamed?: Readonly<Record<string, (data: string) => void>>
}

/**
 * Keeps an event stream open until the returned function is called. A connection can be dead without an error: a proxy
 * or a firewall forgets it, and both sides wait. So the server sends `ping` events and states their interval; a stream
 * that stays silent for two of them is closed and opened again.
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
    // Also a connection that is never answered.
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
