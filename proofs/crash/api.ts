/** A program that uses the API while servers die: it retries until it has a response, as programs must. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Api {
  /** Retries for two minutes while the server fails or does not answer. */
  ask<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
  /** Number of attempts, and of those that failed, by status or error. */
  readonly counts: { requests: number; failed: Record<string, number> }
}

export interface EventEar {
  /** Ids in the order of arrival. */
  heard: number[]
  /** Time of the first arrival of each: `performance.now()`. */
  heardAt: ReadonlyMap<number, number>
  /** Number of streams that were opened. */
  readonly opened: number
  /** Resolves when that event or a later one has arrived. */
  untilHeard(id: number): Promise<void>
  close(): void
}

const ANSWER_LIMIT_MS = 5000
const PATIENCE_MS = 120_000
const AGAIN_AFTER_MS = 150
/** A server that was stopped for a while answers a request that came meanwhile with 408. */
const REPEATED = new Set([408, 429])

export function createApi(address: string, key: string): Api {
  async function once(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
    return fetch(address + path, {
      method,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  const counts = { requests: 0, failed: {} as Record<string, number> }
  const countFailed = (what: string) => (counts.failed[what] = (counts.failed[what] ?? 0) + 1)

  return {
    counts,
    async ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const limit = performance.now() + PATIENCE_MS
      for (;;) {
        let failure: string
        let part = ''
        counts.requests++
        try {
          const answer = await once(method, path, body, headers)
          part = ' body'
          const text = await answer.text()
          if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as T
          failure = `${answer.status} ${text}`
          countFailed(`${method} ${answer.status}`)
          if (answer.status < 500 && !REPEATED.has(answer.status)) throw new Refused(`${method} ${path}: ${failure}`)
        } catch (error) {
          if (error instanceof Refused) throw error
          failure = String(error)
          countFailed(`${method}${part} ${nameOf(error)}`)
        }
        if (performance.now() > limit) throw new Error(`${method} ${path} had no answer: ${failure}`)
        await pause(AGAIN_AFTER_MS)
      }
    },
  }
}

/** Name of an error, and of its cause: `fetch` hides the code of a failed connection there. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error'
  const { name, cause } = error
  if (!(cause instanceof Error)) return name
  return `${name} (${'code' in cause ? String(cause.code) : cause.message})`
}

export class Refused extends Error {
  override readonly name = 'Refused'
}

/** Listens to the stream of events, and resumes it (Last-Event-ID) whenever it ends. */
export function listenToEvents(address: string, key: string): EventEar {
  const heard: number[] = []
  const heardAt = new Map<number, number>()
  const ending = new AbortController()
  let current: AbortController | undefined
  let last = 0
  let opened = 0

  async function listenOnce(): Promise<void> {
    current = new AbortController()
    const answer = await fetch(`${address}/v1/events/stream`, {
      headers: { authorization: `Bearer ${key}`, 'last-event-id': String(last) },
      signal: AbortSignal.any([current.signal, ending.signal]),
    })
    if (!answer.ok || !answer.body) return
    opened++
    let text = ''
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const id = /^id: (\d+)$/m.exec(block)?.[1]
        if (id === undefined) continue
        last = Number(id)
        heard.push(last)
        if (!heardAt.has(last)) heardAt.set(last, performance.now())
      }
    }
  }

  void (async () => {
    while (!ending.signal.aborted) {
      await listenOnce().catch(() => undefined)
      await pause(AGAIN_AFTER_MS)
    }
  })()

  return {
    ...{ heard, heardAt },
    get opened() {
      return opened
    },
    async untilHeard(id) {
      const limit = performance.now() + PATIENCE_MS
      for (let looks = 1; last < id && performance.now() < limit; looks++) {
        // A stopped server ends no stream.
        if (looks % 50 === 0) current?.abort()
        await pause(100)
      }
    },
    close: () => ending.abort(),
  }
}
