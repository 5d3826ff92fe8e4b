import { backoffMs } from '../../kernel/backoff.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Egress } from '../../kernel/egress.ts'
import { AppError } from '../../kernel/errors.ts'
import { pauseFor } from '../../kernel/pause.ts'
import type { TransportToken } from '../access-token.ts'
import type { Lane } from '../mail-transport.ts'
import type { CallBudget } from './call-budget.ts'
import { asTransportError, graphError, ofApplication } from './graph-errors.ts'

export interface GraphCall {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** URL from `mailbox` or `root`, or a link from Graph. */
  url: string
  lane: Lane
  /** JSON, or a message source (sent as `text/plain`, base64). */
  body?: object | { mime: Buffer }
  /** Preferences such as `odata.maxpagesize=…`; the one for immutable ids is always sent. */
  prefer?: readonly string[]
  ifMatch?: string
  timeoutMs?: number
  maxBytes?: number
  /** True if a repetition is harmless. Default: all methods except POST. */
  repeatable?: boolean
}

/** Graph client for one mailbox. Throws only `AppError`. */
export interface GraphClient {
  /** URL of a path in the mailbox, such as `/messages`. */
  mailbox(path: string): string
  /** URL of a path outside mailboxes, such as `/subscriptions`. */
  root(path: string): string
  /** Returns the parsed response; undefined if it is empty, as for 202 and 204. */
  json(call: GraphCall): Promise<unknown>
  /**
   * Rejects a foreign link that is stored for later. Links that are followed are always checked.
   *
   * @throws {AppError} `transports.foreign_link`
   */
  refuseForeign(link: string): void
  bytes(call: GraphCall): Promise<Buffer>
  /** Streams a response. Occupies its place in the budget until it is read or abandoned. */
  stream(call: GraphCall): AsyncGenerator<Uint8Array>
}

export interface GraphClientOptions {
  /** The only origin that the access token is sent to. */
  graphRoot: string
  egress: Egress
  clock: Clock
  accessToken: () => Promise<TransportToken>
  discard: (token: TransportToken, claims?: string) => Promise<void>
  /** `me`, an address or an id. */
  mailbox: string
  /** Default: a person. */
  principal?: 'person' | 'application'
  budget: CallBudget
  sleep?: (ms: number) => Promise<unknown>
  random?: () => number
}

const TIMEOUT_MS = 30_000
export const MEGABYTE = 1024 * 1024
const ANSWER_BYTES = 4 * MEGABYTE
const REFUSAL_BYTES = 64 * 1024

const BACKOFF = { first: 1000, longest: 60_000, jitter: 1 }
const MOST_ATTEMPTS = 5
/**
 * Maximum duration of a call including repetitions. The failure is then reported, so that people see it within a
 * minute.
 */
const LONGEST_PATIENCE_MS = 50_000
/** Maximum pause waited for here. For a longer one, the caller gets its end, and the mailbox is tried then. */
const LONGEST_WAIT_MS = 60_000

/**
 * The fetch layer of all Graph requests. It guarantees to its callers:
 *
 * 1. The access token is sent only to the Graph origin of the cloud, whatever links a response contains.
 * 2. Ids are immutable: a message keeps its id when it is moved or sent.
 * 3. Requests of a mailbox respect its budget, and `Retry-After` is the minimum pause.
 * 4. Requests that Graph rejected because of throttling or a transient error are repeated, except those that may have
 *    taken effect.
 * 5. A refused token is reported and replaced once.
 *
 * @see https://learn.microsoft.com/graph/outlook-immutable-id
 * @see https://learn.microsoft.com/graph/throttling
 */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { egress, clock, budget, accessToken, discard } = options
  const { sleep = (ms: number) => pauseFor(ms, { clock }), random = Math.random } = options
  const origin = new URL(options.graphRoot).origin
  const below = options.mailbox === 'me' ? 'me' : `users/${segment(options.mailbox)}`

  /** Repeats `once` while a repetition is allowed and time is left. */
  async function patiently<T>(call: GraphCall, once: (fresh: () => Promise<TransportToken>) => Promise<T>): Promise<T> {
    refuseForeign(call.url)
    let tokenReplaced = false
    const beganAt = clock.now().getTime()
    for (let attempt = 1; ; attempt++) {
      refuseLongSilence()
      const triedAt = clock.now().getTime()
      let token: TransportToken | undefined
      try {
        return await once(async () => (token = await accessToken()))
      } catch (thrown) {
        const error = asTransportError(thrown)
        if (error.upstream?.status === 401 && token && !tokenReplaced) {
          tokenReplaced = true
          await discard(token, error.upstream.claims)
          continue
        }
        const now = clock.now().getTime()
        await waitOrThrow(error, call, { attempt, leftMs: LONGEST_PATIENCE_MS - (now - beganAt) - (now - triedAt) })
      }
    }
  }

  function refuseForeign(url: string): void {
    if (URL.parse(url)?.origin !== origin) throw new AppError('transports.foreign_link')
  }

  function refuseLongSilence(): void {
    const retryAt = budget.pausedUntil()
    if (!retryAt || retryAt.getTime() - clock.now().getTime() <= LONGEST_WAIT_MS) return
    throw new AppError('transports.throttled', { upstream: { retryAt } })
  }

  /**
   * Waits before the next attempt, or throws the error. `leftMs`: remaining time if the attempt takes as long as the
   * last one.
   */
  async function waitOrThrow(
    error: AppError,
    call: GraphCall,
    { attempt, leftMs }: { attempt: number; leftMs: number },
  ): Promise<void> {
    const { repeatable = call.method !== 'POST' } = call
    const wasRefusedForHaste = error.code === 'transports.throttled'
    if (!wasRefusedForHaste && error.code !== 'transports.unavailable') throw error

    const floorMs = Math.max(0, (error.upstream?.retryAt?.getTime() ?? 0) - clock.now().getTime())
    // Full jitter above the minimum, so that requests refused together are not repeated together.
    const waitMs = Math.round(backoffMs(BACKOFF, attempt - 1, { random, floorMs }))
    if (wasRefusedForHaste || floorMs > 0) budget.pauseUntil(new Date(clock.now().getTime() + waitMs))
    // A throttled request had no effect; after other failures the outcome is unknown.
    if (!(wasRefusedForHaste || repeatable) || attempt >= MOST_ATTEMPTS || waitMs > leftMs) throw error
    if (!wasRefusedForHaste) await sleep(waitMs)
  }

  async function send(call: GraphCall, fresh: () => Promise<TransportToken>): Promise<Response> {
    const { method = 'GET', url, body, prefer = [], ifMatch, timeoutMs = TIMEOUT_MS, maxBytes = ANSWER_BYTES } = call
    // Requested only now, because a call may have waited for its place longer than a token lives.
    const token = await fresh()
    const headers: Record<string, string> = {
      authorization: `Bearer ${token.value.reveal()}`,
      accept: 'application/json',
      prefer: ['IdType="ImmutableId"', ...prefer].join(', '),
    }
    if (ifMatch !== undefined) headers['if-match'] = ifMatch
    const sent = body === undefined ? undefined : encoded(body)
    if (sent) headers['content-type'] = sent.type
    const response = await egress.fetch(url, {
      method,
      headers,
      // Graph requires Content-Length even for an empty body.
      ...((sent ?? method === 'POST') && { body: sent ? sent.text : '' }),
      timeoutMs,
      // Our own limit applies first; this one also covers the length of an error response.
      maxBytes: maxBytes + REFUSAL_BYTES,
    })
    if (response.ok) return response
    const text = await read(response, REFUSAL_BYTES).catch(() => Buffer.alloc(0))
    const { status, headers: responseHeaders } = response
    const error = graphError({ status, headers: responseHeaders, body: parsed(text.toString()), now: clock.now() })
    throw options.principal === 'application' ? ofApplication(error) : error
  }

  function bytes(call: GraphCall): Promise<Buffer> {
    return patiently(call, (fresh) =>
      budget.run(call.lane, async () => read(await send(call, fresh), call.maxBytes ?? ANSWER_BYTES)),
    )
  }

  return {
    mailbox: (path) => `${origin}/v1.0/${below}${path}`,
    root: (path) => `${origin}/v1.0${path}`,
    bytes,
    refuseForeign,
    async json(call) {
      const answer = await bytes(call)
      if (answer.length === 0) return undefined
      const value = parsed(answer.toString())
      // A proxy may respond with 200 and its own page.
      if (value === undefined) throw new AppError('transports.unavailable', { upstream: { status: 200 } })
      return value
    },
    async *stream(call) {
      const { response, leave } = await patiently(call, async (fresh) => {
        const leave = await budget.enter(call.lane)
        try {
          return { response: await send(call, fresh), leave }
        } catch (error) {
          leave()
          throw error
        }
      })
      try {
        yield* limited(response, call.maxBytes ?? ANSWER_BYTES)
      } catch (thrown) {
        throw asTransportError(thrown)
      } finally {
        leave()
      }
    },
  }
}

/** Encodes one path segment, so that an id can't change the path. */
export function segment(name: string): string {
  if (name === '' || name === '.' || name === '..') throw new TypeError(`not a name for a path: '${name}'`)
  // OData treats an apostrophe as its own syntax.
  return encodeURIComponent(name).replaceAll("'", '%27')
}

function encoded(body: object | { mime: Buffer }): { type: string; text: string } {
  if ('mime' in body && Buffer.isBuffer(body.mime)) return { type: 'text/plain', text: body.mime.toString('base64') }
  return { type: 'application/json', text: JSON.stringify(body) }
}

async function read(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of limited(response, maxBytes)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* limited(response: Response, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0
  if (!response.body) return
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    total += chunk.length
    if (total > maxBytes) {
      const requestId = response.headers.get('request-id')
      throw new AppError('transports.answer_too_large', {
        upstream: { status: response.status, ...(requestId !== null && { requestId }) },
      })
    }
    yield chunk
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
