import { randomUUID } from 'node:crypto'
import { type EventsOptions, followEvents } from './events.ts'
import { KEYED_ROUTES, PAGED_ROUTES, RAW_ROUTES, type Routes } from './generated/routes.ts'
import type { AnswerOf, EventOf, EventPattern, Input, ItemOf, KeyedCallOptions, Method, PagedPath } from './routes.ts'
import { createTransport, type PostkeyClientOptions } from './transport.ts'

/** Calls a route by its path, as docs/routes.md lists it with `{id}` for `:id`. */
export type Caller<M extends Method> = <P extends keyof Routes[M]>(
  path: P,
  ...input: Input<Routes[M][P]>
) => Promise<AnswerOf<Routes[M][P]>>

/** Every route that an API key can call. A failure is a `PostkeyError`. */
export interface PostkeyClient {
  get: Caller<'GET'>
  post: Caller<'POST'>
  put: Caller<'PUT'>
  patch: Caller<'PATCH'>
  delete: Caller<'DELETE'>
  /** Every entry of a list in pages, from page to page. */
  list<P extends PagedPath>(path: P, ...input: Input<Routes['GET'][P]>): AsyncGenerator<ItemOf<P>, void, undefined>
  /** Every page of a list: `next` of the last one of `/v1/events` is where to continue later. */
  pages<P extends PagedPath>(
    path: P,
    ...input: Input<Routes['GET'][P]>
  ): AsyncGenerator<AnswerOf<Routes['GET'][P]>, void, undefined>
  /** Follows events live, and reconnects after the last one. */
  events<Pattern extends EventPattern = EventPattern>(
    options?: EventsOptions<Pattern>,
  ): AsyncGenerator<EventOf<Pattern>, void, undefined>
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>

interface AnyInput extends KeyedCallOptions {
  path?: Values
  query?: Values
  body?: unknown
}

interface AnyPage {
  next?: string | number
  more?: boolean
}

const IDEMPOTENT: readonly string[] = ['GET', 'PUT', 'DELETE']

/** @throws TypeError for an address or key that can't be one */
export function createPostkeyClient(options: PostkeyClientOptions): PostkeyClient {
  if (!/^[\x21-\x7e]+$/.test(options.apiKey)) throw new TypeError('apiKey: an API key of Postkey, without spaces')
  const transport = createTransport(options)

  async function call(method: Method, template: string, input: AnyInput = {}): Promise<unknown> {
    const route = `${method} ${template}`
    const isKeyed = KEYED_ROUTES.has(route)
    const request = {
      method,
      path: fillPath(template, input.path) + queryText(input.query),
      headers: {
        ...(input.body !== undefined && { 'content-type': 'application/json' }),
        ...(isKeyed && { 'idempotency-key': input.idempotencyKey ?? randomUUID() }),
        // In any case: a name twice would be one field with both values.
        ...Object.fromEntries(Object.entries(input.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
      },
      body: input.body === undefined ? undefined : JSON.stringify(input.body),
      repeatable: isKeyed || IDEMPOTENT.includes(method),
      signal: input.signal,
      timeoutMs: input.timeoutMs,
    }
    return RAW_ROUTES.has(route) ? transport.open(request) : transport.json(request)
  }

  async function* pages(path: PagedPath, input: AnyInput = {}) {
    const { cursor } = PAGED_ROUTES[path]
    let { query } = input
    for (;;) {
      const page = (await call('GET', path, { ...input, ...(query && { query }) })) as AnyPage
      yield page
      if (page.next === undefined || page.more === false) return
      query = { ...query, [cursor]: page.next }
    }
  }

  async function* list(path: PagedPath, input?: AnyInput) {
    for await (const page of pages(path, input)) {
      yield* (page as Record<string, readonly unknown[]>)[PAGED_ROUTES[path].items]!
    }
  }

  // The types come from the routes, and hold for these functions by their paths.
  return {
    get: (path: string, input?: AnyInput) => call('GET', path, input),
    post: (path: string, input?: AnyInput) => call('POST', path, input),
    put: (path: string, input?: AnyInput) => call('PUT', path, input),
    patch: (path: string, input?: AnyInput) => call('PATCH', path, input),
    delete: (path: string, input?: AnyInput) => call('DELETE', path, input),
    list,
    pages,
    events: (wanted: EventsOptions = {}) => followEvents(transport, wanted),
  } as unknown as PostkeyClient
}

function fillPath(template: string, values: Values = {}): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(values[name] ?? '')
    // A URL drops segments of dots, so the request would go to another route.
    if (/^\.{0,2}$/.test(value)) throw new TypeError(`path.${name}: not "${value}"`)
    return encodeURIComponent(value)
  })
}

function queryText(values: Values = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.set(name, String(value))
  }
  return query.size === 0 ? '' : `?${query.toString()}`
}
