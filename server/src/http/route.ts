import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { AnonymousCaller } from './caller.ts'
import type { KnownCaller, Permit, Whose } from './permit.ts'
import type { Unwired } from './wire.ts'

type ObjectSchema = z.ZodObject
type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** What `act` gets: the request as it was validated, and who asks. */
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

/** How callers make themselves known. `browser`: as `person`, and it gets a cookie of its own before anybody signs in. */
export type Authenticate = 'nobody' | 'person' | 'browser' | 'person-or-key'

export interface Validate<Params, Query, Headers, Body> {
  params?: Params
  query?: Query
  headers?: Headers
  body?: Body
}

/**
 * One request, in the order in which it is answered: authenticate → permit → validate → act → present. Reading the head
 * of a route is its security review.
 */
interface RouteHead<Params, Query, Headers, Body, Who> {
  /** `GET /v1/people/:id` */
  at: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
  /** One sentence for the API's documentation. */
  summary: string
  authenticate: Authenticate
  permit: Permit & { who: Who }
  /** Which mailbox the request is about: a caller who may not see it is told that there is nothing. */
  whose?: Whose<RouteInput<Params, Query, Headers, Body>>
  validate: Validate<Params, Query, Headers, Body>
  /** When the body may be larger than a form. */
  bodyLimitBytes?: number
  /** The body may also be plain text, which is then not looked at. */
  takesPlainText?: boolean
  /** It has something to say while the database is away, to API keys that were checked shortly before. */
  answersWithoutDatabase?: boolean
}

type ActInput<Params, Query, Headers, Body, Who> = RouteInput<Params, Query, Headers, Body> &
  Act<Who extends 'anybody' ? KnownCaller | AnonymousCaller : KnownCaller>

/** JSON: what the schema names of the result, and nothing else of it. Or nothing at all. */
export type JsonPresentation<Answer> = { status: 200 | 201 | 202; schema: Answer } | { status: 204 }

/** Anything but JSON: the route answers by itself, with what it promises here. */
export interface OtherPresentation<Result> {
  status: 200 | 202 | 302
  contentType: string
  send: (result: Result, reply: FastifyReply) => FastifyReply
}

type Who = Permit['who']

/** A route as the server mounts it. */
export interface Route extends Omit<
  RouteHead<ObjectSchema | undefined, ObjectSchema | undefined, ObjectSchema | undefined, z.ZodType | undefined, Who>,
  'whose'
> {
  whose?: Whose<RouteInput<undefined, undefined, undefined, undefined>>
  act: (input: RouteInput<undefined, undefined, undefined, undefined> & Act<KnownCaller>) => Promise<unknown>
  present: JsonPresentation<z.ZodType> | OtherPresentation<unknown>
}

/** A route that answers JSON. What `act` brings must have all that the schema names: the compiler tells what is missing. */
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
    present: JsonPresentation<Answer>
  },
): Route {
  // Inside, a route is only ever called with what its own schemas have let through.
  return definition as unknown as Route
}

/** A route that answers anything but JSON. */
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
