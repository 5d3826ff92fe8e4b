import { setTimeout as sleep } from 'node:timers/promises'
import { errorOf, IN_PROGRESS, isTransient, PostkeyError, unexpected } from './errors.ts'

export interface PostkeyClientOptions {
  /** Address of the server, its `PUBLIC_URL`: `https://mail.example.com`. */
  baseUrl: string
  /** An API key: `postkey_…`. */
  apiKey: string
  /** Limit of each attempt until its response is complete, or has begun where it is a `Response`. Default: 60,000. */
  timeoutMs?: number
  /** Repetitions of a request that is safe to repeat. Default: 4. */
  retries?: number
  /** Longest wait before a repetition. A longer `Retry-After` is thrown at once. Default: 60,000. */
  maxWaitMs?: number
}

export interface Call {
  method: string
  /** Path with its query. */
  path: string
  headers: Readonly<Record<string, string>>
  body: string | undefined
  /** A repetition has the same effect as one request. */
  repeatable: boolean
  signal: AbortSignal | undefined
  timeoutMs?: number | undefined
  retries?: number | undefined
}

export interface Transport {
  /** @throws PostkeyError, or the reason of the signal */
  json(call: Call): Promise<unknown>
  /** Returns a successful response as soon as it begins. */
  open(call: Call): Promise<Response>
}

const FIRST_BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 30_000
/** Wait for a first request that still runs, longer than the lease that a crashed server leaves (30 s). */
const LONGEST_RUN_MS = 60_000
const SHORTEST_PAUSE_MS = 100

/** Sends requests with deadlines, and repeats those that are safe to repeat. */
export function createTransport(options: PostkeyClientOptions): Transport {
  const { apiKey, timeoutMs = 60_000, retries = 4, maxWaitMs = 60_000 } = options
  const base = new URL(options.baseUrl).href.replace(/\/+$/, '')
  const authorization = `Bearer ${apiKey}`

  async function attempt<T>(call: Call, read: (response: Response, request: string) => Promise<T>): Promise<T> {
    const request = `${call.method} ${call.path.replace(/\?.*/, '')}`
    // Outside of `try`: a header that can't be sent is an error of the caller, not of the network.
    const headers = new Headers({ authorization, 'user-agent': 'postkey-client', ...call.headers })
    const deadline = new AbortController()
    const limitMs = call.timeoutMs ?? timeoutMs
    const timer = setTimeout(() => deadline.abort(), limitMs)
    try {
      call.signal?.throwIfAborted()
      const signal = call.signal ? AbortSignal.any([call.signal, deadline.signal]) : deadline.signal
      const { method, body = null } = call
      // Followed redirects would send the key elsewhere, or turn a POST into a GET.
      const response = await fetch(base + call.path, { method, headers, body, signal, redirect: 'manual' })
      if (!response.ok) throw await errorOf(response, request)
      return await read(response, request)
    } catch (error) {
      if (error instanceof PostkeyError) throw error
      call.signal?.throwIfAborted()
      throw deadline.signal.aborted ? timedOut(request, limitMs) : noAnswer(request, error)
    } finally {
      clearTimeout(timer)
    }
  }

  async function repeat<T>(call: Call, once: () => Promise<T>): Promise<T> {
    let failures = 0
    let runsUntil: number | undefined
    for (;;) {
      try {
        return await once()
      } catch (error) {
        const most = call.retries ?? retries
        if (!(error instanceof PostkeyError) || !isTransient(error) || !call.repeatable || most === 0) throw error
        const waitMs = error.retryAfterMs ?? backoffMs(failures)
        if (waitMs > maxWaitMs) throw error
        if (error.code === IN_PROGRESS) {
          runsUntil ??= performance.now() + LONGEST_RUN_MS
          const leftMs = runsUntil - performance.now()
          if (leftMs <= 0) throw error
          await pause(Math.min(Math.max(waitMs, SHORTEST_PAUSE_MS), leftMs), call.signal)
          continue
        }
        if (failures >= most) throw error
        failures++
        await pause(waitMs, call.signal)
      }
    }
  }

  return {
    json: (call) => repeat(call, () => attempt(call, readJson)),
    open: (call) => repeat(call, () => attempt(call, async (response) => response)),
  }
}

/** Exponential backoff with jitter, so that programs that failed together do not return together. */
export function backoffMs(failures: number): number {
  const fullMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures)
  return fullMs * (0.5 + Math.random() / 2)
}

/** @throws the reason of the signal */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

async function readJson(response: Response, request: string): Promise<unknown> {
  const text = await response.text()
  if (response.status === 204) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    const { status } = response
    throw new PostkeyError({ ...unexpected(`HTTP ${status} ${text.slice(0, 200)}`), status, request, cause })
  }
}

function timedOut(request: string, limitMs: number): PostkeyError {
  return new PostkeyError({
    code: 'client.timeout',
    title: `No complete answer within ${limitMs} ms`,
    remedy: 'wait',
    fix: 'Try again later, or set a higher timeoutMs.',
    request,
  })
}

function noAnswer(request: string, cause: unknown): PostkeyError {
  const { cause: deeper, message } = cause as Error
  return new PostkeyError({
    code: 'client.no_answer',
    title: 'No answer',
    detail: deeper instanceof Error ? deeper.message : message,
    remedy: 'wait',
    fix: 'Check that the server runs, and that this machine reaches its address.',
    request,
    cause,
  })
}
