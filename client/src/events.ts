import { isTransient, PostkeyError } from './errors.ts'
import type { EventOf, EventPattern } from './routes.ts'
import { readSentEvents } from './sse.ts'
import { backoffMs, pause, type Transport } from './transport.ts'

export interface EventsOptions<Pattern extends EventPattern = EventPattern> {
  /** Id of the last event that you have processed. Default: `now`, the next event. */
  after?: number | 'now' | undefined
  /** Only these kinds, such as `message.received` or `submission.*`. */
  kinds?: readonly Pattern[] | undefined
  /** Only events of these mailboxes, by id or key. */
  accounts?: readonly string[] | undefined
  /** Only events of this conversation, message or other object. */
  subject?: string | undefined
  /** Adds the message with its text to events of messages. */
  include?: 'message' | undefined
  signal?: AbortSignal | undefined
}

const PATH = '/v1/events/stream'
/** Until the first ping names the interval of the server. */
const FIRST_SILENCE_MS = 45_000
const DEFAULT_RETRY_MS = 2_000
/** Refusals in a row after which a limit, such as that of streams, is thrown. */
const MOST_REFUSALS = 4

/**
 * Follows events, and reconnects after the last one that the consumer has taken, so that none is missing.
 *
 * @throws PostkeyError when the server refuses the stream; the reason of the signal
 */
export async function* followEvents<Pattern extends EventPattern>(
  transport: Transport,
  options: EventsOptions<Pattern>,
): AsyncGenerator<EventOf<Pattern>, void, undefined> {
  const { signal } = options
  let last: number | undefined
  let retryMs = DEFAULT_RETRY_MS
  let failures = 0
  let refusals = 0
  for (;;) {
    let waitMs = retryMs
    try {
      last ??= await startOf(transport, options)
      for await (const sent of openStream(transport, options, last)) {
        failures = 0
        refusals = 0
        retryMs = sent.retryMs ?? retryMs
        waitMs = retryMs
        // Named events have no id and are not stored.
        if (sent.id === undefined) continue
        last = Number(sent.id)
        yield JSON.parse(sent.data) as EventOf<Pattern>
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof PostkeyError && !isTransient(error)) throw error
      refusals = error instanceof PostkeyError && error.status === 429 ? refusals + 1 : 0
      if (refusals > MOST_REFUSALS) throw error
      if (!(error instanceof PostkeyError || error instanceof Broken)) throw error
      failures++
      const wanted = error instanceof PostkeyError ? error.retryAfterMs : undefined
      waitMs = wanted ?? (failures > 1 ? backoffMs(failures) : retryMs)
    }
    await pause(waitMs, signal)
  }
}

/** The stream broke. The cause is that of the connection. */
class Broken extends Error {}

/** Without a position, events between two connections would be missed. */
async function startOf(transport: Transport, { after = 'now', signal }: EventsOptions): Promise<number> {
  if (after !== 'now') return after
  const page = await transport.json({
    ...{
      method: 'GET',
      path: '/v1/events?after=now&limit=1',
      headers: {},
      body: undefined,
      repeatable: true,
      retries: 0,
      signal,
    },
  })
  return (page as { next: number }).next
}

async function* openStream(transport: Transport, options: EventsOptions, last: number) {
  const { kinds, accounts, subject, include } = options
  const silence = new AbortController()
  const ended = new AbortController()
  const own = [silence.signal, ended.signal]
  const query = new URLSearchParams({ after: String(last) })
  if (kinds) query.set('kinds', kinds.join(','))
  if (accounts) query.set('accounts', accounts.join(','))
  if (subject !== undefined) query.set('subject', subject)
  if (include) query.set('include', include)
  let silenceMs = FIRST_SILENCE_MS
  let timer: NodeJS.Timeout | undefined
  const listen = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), silenceMs)
  }
  try {
    const response = await transport.open({
      method: 'GET',
      path: `${PATH}?${query.toString()}`,
      headers: { accept: 'text/event-stream', 'last-event-id': String(last) },
      body: undefined,
      repeatable: true,
      retries: 0,
      signal: AbortSignal.any([...own, ...(options.signal ? [options.signal] : [])]),
    })
    listen()
    const sentEvents = readSentEvents(response.body!)
    for (;;) {
      const { value: sent, done } = await sentEvents.next().catch((cause: unknown) => {
        throw new Broken('The stream of events broke', { cause })
      })
      if (done) return
      // Two pings are missing. A consumer that takes its time is not silence of the server.
      if (sent.name === 'ping') silenceMs = 2.5 * (JSON.parse(sent.data) as { everyMs: number }).everyMs
      clearTimeout(timer)
      yield sent
      listen()
    }
  } finally {
    clearTimeout(timer)
    ended.abort()
  }
}
