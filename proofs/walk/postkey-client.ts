/** A browser that is at Postkey: keeps its cookies, calls the API as the web UI does, and hears the events. */
import type { HttpAnswer, HttpRequest } from '../../sandbox/test/browser.ts'

export interface PostkeyEvent {
  id: number
  kind: string
  time: string
  account?: string
  subject: string
  data: Record<string, unknown>
}

export interface PostkeyClient {
  call<T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Headers,
  ): Promise<T>
  /** A page of Postkey, such as the one on which a sign-in ends. */
  visit(request: HttpRequest): Promise<HttpAnswer>
  /** Hears what happens from now on. */
  listen(): Promise<EventEar>
}

export interface EventEar {
  /** The first event that is so, also of those heard before; fails after a minute. */
  next(what: string, isIt: (event: PostkeyEvent) => boolean): Promise<PostkeyEvent>
  close(): void
}

const PATIENCE_MS = 60_000

/** A refusal by Postkey, with its code and fix. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

export function createPostkeyClient(address: string): PostkeyClient {
  const cookies = new Map<string, string>()

  async function send(url: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.delete('cookie')
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    if (init.method !== 'GET') headers.set('origin', address)
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /;\s*max-age=0\b/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }

  return {
    async call<T>(method: string, path: string, body?: unknown, headers?: Headers) {
      const sent = new Headers(headers)
      if (body !== undefined) sent.set('content-type', 'application/json')
      const answer = await send(address + path, {
        method,
        headers: sent,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Refused(`${method} ${path}: ${answer.status} ${text}`)
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
    async visit({ method, url, headers, body }) {
      const answer = await send(url, { method, headers, ...(body === undefined ? {} : { body }) })
      return { status: answer.status, headers: answer.headers, body: await answer.text() }
    },
    async listen() {
      const ending = new AbortController()
      const answer = await send(`${address}/v1/events/stream`, { method: 'GET', signal: ending.signal })
      if (!answer.ok || !answer.body) throw new Refused(`GET /v1/events/stream: ${answer.status}`)
      return earOn(answer.body, ending)
    },
  }
}

function earOn(body: ReadableStream<Uint8Array>, ending: AbortController): EventEar {
  const heard: PostkeyEvent[] = []
  const listeners = new Set<(event: PostkeyEvent) => void>()
  void (async () => {
    let text = ''
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        if (block.startsWith('event: ')) continue
        const line = block.split('\n').find((each) => each.startsWith('data: '))
        if (line === undefined) continue
        const event = JSON.parse(line.slice('data: '.length)) as PostkeyEvent
        heard.push(event)
        for (const listener of listeners) listener(event)
      }
    }
  })().catch(() => undefined)

  return {
    next: (what, isIt) =>
      new Promise((resolve, reject) => {
        const known = heard.find(isIt)
        if (known) {
          resolve(known)
          return
        }
        const listener = (event: PostkeyEvent) => {
          if (isIt(event)) done(() => resolve(event))
        }
        const late = setTimeout(() => {
          const kinds = heard.map(({ kind }) => kind).join(', ')
          done(() => reject(new Error(`${what}: not heard within ${PATIENCE_MS} ms, only ${kinds}`)))
        }, PATIENCE_MS)
        function done(end: () => void): void {
          clearTimeout(late)
          listeners.delete(listener)
          end()
        }
        listeners.add(listener)
      }),
    close: () => ending.abort(),
  }
}
