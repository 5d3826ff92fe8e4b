import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Secret } from '../kernel/secret.ts'
import type { AnonymousCaller } from './caller.ts'
import type { KnownCaller, Permit, Whose } from './permit.ts'
import type { Unwired } from './wire.ts'

type ObjectSchema = z.ZodObject
type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** Input of `act`: the validated request and its caller. */
export interface RouteInput<Params, Query, Headers, Body> {
  params: Output<Params>
  query: Output<Query>
  headers: Output<Headers>
  body: Output<Body>
}

export interface Act<Who> {
  caller: Who
  request: FastifyRequest
  reply: FastifyReply
}

/**
 * Kinds of authentication. `browser`: like `person`, but also sets a cookie before the sign-in. `key`: cookies count for
 * nothing, and a page of another origin is refused even with a key, unless its origin is listed.
 */
export type Authenticate = 'none' | 'person' | 'browser' | 'person-or-key' | 'key'

export interface Validate<Params, Query, Headers, Body> {
  params?: Params
  query?: Query
  headers?: Headers
  body?: Body
}

/**
 * Definition of one route, in the order of its processing: authenticate → permit → validate → act → present. A security
 * review of a route consists of reading this definition.
 */
interface RouteHead<Params, Query, Headers, Body, Who> {
  /** For example `GET /v1/people/:id`. */
  at: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
  /** One sentence for the API documentation. */
  summary: string
  authenticate: Authenticate
  permit: Permit & { who: Who }
  /** Returns the mailbox of the request; callers without access to it get "not found". */
  whose?: Whose<RouteInput<Params, Query, Headers, Body>>
  validate: Validate<Params, Query, Headers, Body>
  /** True for requests of people that need a recent proof of identity, where not all of the route do. */
  needsFreshFor?: (input: RouteInput<Params, Query, Headers, Body>) => boolean
  /** Returns the token of the link that the request uses. Uses of one link are limited per client network. */
  linkOf?: (input: RouteInput<Params, Query, Headers, Body>) => Secret | undefined
  /** Maximum body size, if larger than that of a form. */
  bodyLimitBytes?: number
  /** The body can also be plain text, which is then ignored. */
  takesPlainText?: boolean
  /**
   * Compresses the JSON. Not for mail, and not for secrets: a network observer who can put text into a response learns
   * the rest of it from the compressed length (BREACH).
   *
   * @see docs/decisions/0026-compressed-responses.md
   */
  compress?: true
  /**
   * A repeated POST that creates (201). By default, its `Idempotency-Key` is stored with the answer. `own`: the room stores the
   * key with what it creates. `once`: its code or token works once. `replaces`: it replaces what the first created.
   * `attempt`: it begins a sign-in that a cookie binds to the browser.
   *
   * @see docs/decisions/0079-a-repeated-request-creates-once.md
   */
  repeated?: 'own' | 'once' | 'replaces' | 'attempt'
  /**
   * Answers a GET with a weak `ETag` of the JSON, and 304 to its `If-None-Match`: for what programs poll. The answer is
   * made in any case, so this saves its transfer and parsing.
   */
  hasETag?: true
  /** Not in the description of the API, because another protocol describes it. */
  isUndescribed?: true
  /** Browsers send it without a user, so it doesn't count as use of the session. `in-query`: with `isBackground=true` only. */
  isBackground?: true | 'in-query'
  /** Responds during a database outage to API keys that were checked shortly before. */
  answersWithoutDatabase?: boolean
}

type ActInput<Params, Query, Headers, Body, Who> = RouteInput<Params, Query, Headers, Body> &
  Act<Who extends 'anyone' ? KnownCaller | AnonymousCaller : KnownCaller>

/** JSON with exactly the fields of the schema, or no body. */
export type JsonPresentation<Answer, Query = never> =
  | {
      status: 200 | 201 | 202
      schema: Answer
      /** Address of what a POST created, where it isn't the address of the request and the id of the answer. */
      location?: (answer: Output<Answer>) => string
      /** Reduces an answer to what the query asks for, after it was validated. */
      select?: (answer: Output<Answer>, query: Query) => unknown
    }
  | { status: 204 }

/** A response other than JSON: the route sends it itself, as described here. */
export interface OtherPresentation<Result> {
  status: 200 | 202 | 302
  contentType: string
  send: (result: Result, reply: FastifyReply) => FastifyReply
}

type Who = Permit['who']

/** A route as registered in the server. */
export interface Route extends Omit<
  RouteHead<ObjectSchema | undefined, ObjectSchema | undefined, ObjectSchema | undefined, z.ZodType | undefined, Who>,
  'whose' | 'needsFreshFor' | 'linkOf'
> {
  whose?: Whose<RouteInput<undefined, undefined, undefined, undefined>>
  needsFreshFor?: (input: RouteInput<undefined, undefined, undefined, undefined>) => boolean
  linkOf?: (input: RouteInput<undefined, undefined, undefined, undefined>) => Secret | undefined
  act: (input: RouteInput<undefined, undefined, undefined, undefined> & Act<KnownCaller>) => Promise<unknown>
  present: JsonPresentation<z.ZodType> | OtherPresentation<unknown>
}

/**
 * Defines a route with a JSON response. The result of `act` must have all fields of the schema, which the compiler
 * checks.
 */
export function route<
  Params extends ObjectSchema | undefined = undefined,
  Query extends ObjectSchema | undefined = undefined,
  Headers extends ObjectSchema | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  Answer extends z.ZodType = z.ZodUnknown,
  By extends Who = Who,
>(
  definition: RouteHead<Params, Query, Headers, Body, By> & {
    act: (input: ActInput<Params, Query, Headers, Body, By>) => Promise<Unwired<z.input<Answer>>>
    present: JsonPresentation<Answer, Output<Query>>
  },
): Route {
  // The server calls a route only with input that its own schemas have validated.
  return definition as unknown as Route
}

/** Defines a route with a response other than JSON. */
export function otherRoute<
  Result,
  Params extends ObjectSchema | undefined = undefined,
  Query extends ObjectSchema | undefined = undefined,
  Headers extends ObjectSchema | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  By extends Who = Who,
>(
  definition: RouteHead<Params, Query, Headers, Body, By> & {
    act: (input: ActInput<Params, Query, Headers, Body, By>) => Promise<Result>
    present: OtherPresentation<Result>
  },
): Route {
  return definition as unknown as Route
}
