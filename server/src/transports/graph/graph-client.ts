import type { Clock } from '../../kernel/clock.ts'
import type { Egress } from '../../kernel/egress.ts'
import { AppError } from '../../kernel/errors.ts'
import { pauseFor } from '../../kernel/pause.ts'
import type { AccessToken } from '../access-token.ts'
import type { Lane } from '../mail-transport.ts'
import type { CallBudget } from './call-budget.ts'
import { asTransportError, graphError, ofApplication } from './graph-errors.ts'

export interface GraphCall {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Made by `mailbox` or `root`, or a link that Graph gave. */
  url: string
  lane: Lane
  /** JSON, or the source of a message (`text/plain`, base64). */
  body?: object | { mime: Buffer }
  /** `odata.maxpagesize=…` and the like; the one about ids is always there. */
  prefer?: readonly string[]
  ifMatch?: string
  timeoutMs?: number
  maxBytes?: number
  /** Asking twice does no harm. By default all but POST. */
  repeatable?: boolean
}

/** Graph for one mailbox. Throws only `AppError`. */
export interface GraphClient {
  /** `/messages` of the mailbox. */
  mailbox(path: string): string
  /** `/subscriptions` and what else belongs to no mailbox. */
  root(path: string): string
  /** The parsed answer; undefined when Graph sent none, as with 202 and 204. */
  json(call: GraphCall): Promise<unknown>
  /**
   * Every link is checked when it is followed; this is for one that is kept to be followed later.
   *
   * @throws {AppError} `transports.foreign_link`
   */
  refuseForeign(link: string): void
  bytes(call: GraphCall): Promise<Buffer>
  /** Holds its place in the budget until it was read or left. */
  stream(call: GraphCall): AsyncGenerator<Uint8Array>
}

export interface GraphClientOptions {
  /** The only origin that sees the access token. */
  graphRoot: string
  egress: Egress
  clock: Clock
  accessToken: () => Promise<AccessToken>
  discard: (token: AccessToken, claims?: string) => Promise<void>
  /** `me`, or address or id. */
  mailbox: string
  /** A person when absent. */
  principal?: 'person' | 'application'
  budget: CallBudget
  sleep?: (ms: number) => Promise<unknown>
  random?: () => number
}

const TIMEOUT_MS = 30_000
export const MEGABYTE = 1024 * 1024
const ANSWER_BYTES = 4 * MEGABYTE
const REFUSAL_BYTES = 64 * 1024

const MOST_ATTEMPTS = 5
/**
 * So long somebody may wait for a call, all its attempts together: then it is told as a failure, so that people see within
 * a minute that something is wrong.
 */
const LONGEST_PATIENCE_MS = 50_000
/** Longer silences are not waited out here: whoever called learns until when, and the mailbox is tried then. */
const LONGEST_WAIT_MS = 60_000

/**
 * The fetch layer below everything that talks to Graph. Five promises are kept here so that no caller has to think of
 * them:
 *
 * 1. The access token goes to the Graph of the cloud and nowhere else, whatever a link in an answer says.
 * 2. Ids are immutable: a message keeps its id when it is moved or sent.
 * 3. A mailbox is asked at most as fast as its budget allows, and `Retry-After` is a floor.
 * 4. What Graph does not do because of our haste or its weather is asked again; what may have been done is not.
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

  /** Repeats `once` as long as that is right and worth it. */
  async function patiently<T>(call: GraphCall, once: (fresh: () => Promise<AccessToken>) => Promise<T>): Promise<T> {
    refuseForeign(call.url)
    let tokenReplaced = false
    const beganAt = clock.now().getTime()
    for (let attempt = 1; ; attempt++) {
      refuseLongSilence()
      const triedAt = clock.now().getTime()
      let token: AccessToken | undefined
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

  /** `leftMs`: of the patience, if the next attempt takes as long as the last one. */
  async function waitOrThrow(
    error: AppError,
    call: GraphCall,
    { attempt, leftMs }: { attempt: number; leftMs: number },
  ): Promise<void> {
    const { repeatable = call.method !== 'POST' } = call
    const wasRefusedForHaste = error.code === 'transports.throttled'
    if (!wasRefusedForHaste && error.code !== 'transports.unavailable') throw error

    const floorMs = Math.max(0, (error.upstream?.retryAt?.getTime() ?? 0) - clock.now().getTime())
    // Full jitter above the floor, so that what was refused together does not come back together.
    const waitMs = floorMs + Math.round(random() * 1000 * 2 ** (attempt - 1))
    if (wasRefusedForHaste || floorMs > 0) budget.pauseUntil(new Date(clock.now().getTime() + waitMs))
    // Graph refuses for haste before it does anything; after other failures nobody knows.
    if (!(wasRefusedForHaste || repeatable) || attempt >= MOST_ATTEMPTS || waitMs > leftMs) throw error
    if (!wasRefusedForHaste) await sleep(waitMs)
  }

  async function send(call: GraphCall, fresh: () => Promise<AccessToken>): Promise<Response> {
    const { method = 'GET', url, body, prefer = [], ifMatch, timeoutMs = TIMEOUT_MS, maxBytes = ANSWER_BYTES } = call
    // Asked for only now: a call may have waited for its place longer than a token lives.
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
      // Graph wants Content-Length even where there is nothing to send.
      ...((sent ?? method === 'POST') && { body: sent ? sent.text : '' }),
      timeoutMs,
      // Ours comes first; this one is for the length of a refusal, too.
      maxBytes: maxBytes + REFUSAL_BYTES,
    })
    if (response.ok) return response
    const text = await read(response, REFUSAL_BYTES).catch(() => Buffer.alloc(0))
    const { status, headers: told } = response
    const error = graphError({ status, headers: told, body: parsed(text.toString()), now: clock.now() })
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
      // A proxy on the way answers 200 with a page of its own.
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

/** One name between two slashes, so that an id can never name another place. */
export function segment(name: string): string {
  if (name === '' || name === '.' || name === '..') throw new TypeError(`not a name for a path: '${name}'`)
  // OData reads an apostrophe as its own.
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
