import type { PAGED_ROUTES, Routes } from './generated/routes.ts'
import type { Event } from './generated/types.gen.ts'

export type Method = keyof Routes

/** Options of every call, beside the parameters of its route. */
export interface CallOptions {
  /** Ends the call, and a response that is being read. */
  signal?: AbortSignal | undefined
  /** Replaces `timeoutMs` of the client. */
  timeoutMs?: number | undefined
  /** Further headers, such as `range`. */
  headers?: Readonly<Record<string, string>> | undefined
}

export interface KeyedCallOptions extends CallOptions {
  /** Makes repeated calls one. Default: a random one, for the repetitions of this call. */
  idempotencyKey?: string | undefined
}

interface AnyRoute {
  data: object
  answer: unknown
}

type OptionsOf<R> = R extends { keyed: true } ? KeyedCallOptions : CallOptions

/** Parameters, body and options of a route. */
export type InputOf<R> = R extends AnyRoute ? Omit<R['data'], 'url' | 'headers'> & OptionsOf<R> : never

/** The input, optional where the route requires nothing. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- An object that requires nothing.
export type Input<R> = Record<never, never> extends InputOf<R> ? [input?: InputOf<R>] : [input: InputOf<R>]

/** The response of a route: an object, a `Response`, or `void` for 204. */
export type AnswerOf<R> = R extends AnyRoute ? R['answer'] : never

type PagedRoutes = typeof PAGED_ROUTES

/** Paths of lists in pages. */
export type PagedPath = keyof PagedRoutes

/** An entry of a list in pages. */
export type ItemOf<P extends PagedPath> =
  AnswerOf<Routes['GET'][P]> extends Record<PagedRoutes[P]['items'], readonly (infer Item)[]> ? Item : never

/** Every event that this version knows, by `kind`. The server may send later ones. */
export type PostkeyEvent = Event

export type EventKind = PostkeyEvent['kind']

/** `message.received`, or all kinds of a thing: `message.*`. */
export type EventPattern = EventKind | `${EventKind extends `${infer Thing}.${string}` ? Thing : never}.*`

/** Events of a kind or pattern. */
export type EventOf<Pattern extends EventPattern> = Pattern extends `${infer Thing}.*`
  ? Extract<PostkeyEvent, { kind: `${Thing}.${string}` }>
  : Extract<PostkeyEvent, { kind: Pattern }>
