import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify'
import { z } from 'zod'
import { clientNetwork } from '../kernel/client-network.ts'
import { AppError } from '../kernel/errors.ts'
import { linkHash, type PeopleRoom } from '../people/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Idempotency } from '../idempotency/index.ts'
import { replaceAccountKeys } from './account-keys.ts'
import type { AnonymousRequests } from './anonymous-requests.ts'
import { ANONYMOUS, callerByKey, personCaller, type Caller } from './caller.ts'
import { tagOf } from './api-tags.ts'
import { compressJson } from './compress-json.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import { sendWithETag } from './entity-tag.ts'
import { actOnce, createRequestContents, headersOf } from './idempotent-routes.ts'
import { cursorOf, nextLink } from './next-link.ts'
import { isForKeys, permitFresh, permitReach, permitRole, permitWhose, withReach, type KnownCaller } from './permit.ts'
import { Problem, PROBLEM_TYPE } from './problem.ts'
import type { RecentKeys } from './recent-keys.ts'
import type { RequestLimits } from './request-limits.ts'
import type { Route, RouteInput } from './route.ts'
import { toWire } from './wire.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface MountOptions {
  people: PeopleRoom
  emailAccounts: Pick<EmailAccounts, 'idsOfKeys'>
  idempotency: Idempotency
  publicUrl: URL
  /** Origins whose browsers may use the API with a key. */
  corsOrigins: readonly string[]
  anonymousRequests: AnonymousRequests
  connectionLimits: Pick<ConnectionLimits, 'recognize'>
  recentKeys: RecentKeys
  requestLimits: RequestLimits
  /** Apart from the others, so that random tokens replace none of them. */
  linkLimits: RequestLimits
  allowedMethods: (url: string) => readonly string[]
}

/** Requests of programs, answered in milliseconds; those of Graph arrive in bursts from a few addresses. */
const UNLIMITED: ReadonlySet<string> = new Set([
  'GET /healthz',
  'GET /readyz',
  'POST /graph/notifications',
  'GET /.well-known/postkey-self-test',
])

/** Codes of keys that are unknown or revoked, expired, or used from another network. */
const REFUSED_KEYS: ReadonlySet<string> = new Set([
  'http.not_signed_in',
  'people.api_key_expired',
  'people.api_key_network_refused',
])

type AnyInput = RouteInput<undefined, undefined, undefined, undefined>

/**
 * Registers a route in Fastify with its steps in a fixed order. The caller and its role are checked before a byte of
 * the body is read. Access to *this* mailbox is checked once the ids in the request are valid. Only then is the action
 * run.
 */
export function mountRoute(app: FastifyInstance, route: Route, options: MountOptions): void {
  const { people, publicUrl } = options
  if (route.takesPlainText) {
    app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, _body, done) => done(null, undefined))
  }
  const [method, url] = splitRoute(route)
  const callers = new WeakMap<FastifyRequest, Caller>()
  const contents = createRequestContents(route)
  const cursor = cursorOf(route)

  app.route({
    method,
    url,
    schema: schemaOf(route),
    ...(route.bodyLimitBytes !== undefined && { bodyLimit: route.bodyLimitBytes }),
    ...(route.compress && { onSend: compressJson }),

    onRequest: async (request, reply) => {
      const countAnonymous = () => options.requestLimits.count('anonymous', clientNetwork(request.ip), reply)
      const caller = await authenticate(request).catch((error: unknown) => {
        // Keys can't be guessed, but each refused one costs a query.
        if (error instanceof AppError && REFUSED_KEYS.has(error.code)) countAnonymous()
        throw error
      })
      if (caller.kind === 'api-key') options.requestLimits.count('key', caller.id, reply)
      if (caller.kind !== 'anonymous') options.connectionLimits.recognize(request.raw.socket)
      else if (!UNLIMITED.has(route.at)) {
        countAnonymous()
        const findDevice = () => people.sessions.findDevice(request.headers.cookie)
        await options.anonymousRequests.begin(request.ip, reply, findDevice)
      }
      permitRole(route, caller)
      permitReach(route, caller)
      callers.set(request, withReach(route, caller))
    },

    preValidation: async (request) => {
      await replaceAccountKeys(request, url, options.emailAccounts)
      contents.read(request)
    },

    preHandler: async (request, reply) => {
      const link = route.linkOf?.(inputOf(request))
      if (link) {
        options.linkLimits.count('link', `${linkHash(link).toString('hex')} ${clientNetwork(request.ip)}`, reply)
      }
      await permitWhose(route.whose, callerOf(request), inputOf(request))
      permitFresh(route.needsFreshFor, callerOf(request), inputOf(request))
    },

    handler: async (request, reply) => {
      const caller = callerOf(request) as KnownCaller
      const act = () => route.act({ ...inputOf(request), caller, request, reply })
      const { present } = route
      if ('send' in present) {
        const result = await act()
        // An error page has already set its status.
        if (reply.statusCode === 200) void reply.code(present.status)
        return present.send(result, reply.type(present.contentType))
      }
      if (!('schema' in present)) {
        await act()
        return reply.code(present.status).send()
      }
      // Parsed and not only typed, so that no field outside of the schema is exposed by accident.
      const { schema } = present
      const content = contents.take(request)
      const { answer, isRepeated } = await actOnce(options.idempotency, { route, caller, request, content }, async () =>
        schema.parse(toWire(await act())),
      )
      if (isRepeated) void reply.header('idempotent-replayed', 'true')
      const location =
        present.status === 201 ? locationOf(present, request.url, answer, options.allowedMethods) : undefined
      if (location !== undefined) void reply.header('location', location)
      const link = cursor === undefined ? undefined : nextLink(request.url, cursor, answer as object)
      if (link !== undefined) void reply.header('link', link)
      const select = present.select as ((answer: unknown, query: unknown) => unknown) | undefined
      const selected = select ? select(answer, request.query) : answer
      if (route.hasETag) return sendWithETag(request, reply, selected)
      return reply.code(present.status).send(selected)
    },
  })

  async function authenticate(request: FastifyRequest): Promise<Caller> {
    const { authorization, cookie } = request.headers
    if (route.authenticate === 'none') return ANONYMOUS
    if (route.authenticate === 'key') {
      refuseUnlistedOrigin(request, [publicUrl.origin, ...options.corsOrigins])
      return authorization === undefined ? ANONYMOUS : callerByKey(people, authorization, request.ip)
    }
    // A route for people reads the key too, to tell its program that a person is needed.
    if (authorization !== undefined && (route.authenticate === 'person-or-key' || route.permit.who !== 'anyone')) {
      const check = callerByKey(people, authorization, request.ip)
      return route.answersWithoutDatabase ? options.recentKeys.resolve(`${authorization} ${request.ip}`, check) : check
    }
    refuseForeignOrigin(request, publicUrl)
    if (isForeign(request.headers.origin, publicUrl)) return ANONYMOUS
    const signedIn = await people.sessions.find(cookie, { isUse: !isBackground(request) })
    return signedIn ? personCaller(signedIn) : ANONYMOUS
  }

  /** Read before the validation, which needs the caller. */
  function isBackground({ query }: FastifyRequest): boolean {
    if (route.isBackground !== 'in-query') return route.isBackground ?? false
    return (query as { isBackground?: unknown }).isBackground === 'true'
  }

  function callerOf(request: FastifyRequest): Caller {
    return callers.get(request) ?? ANONYMOUS
  }
}

export function splitRoute(route: Route): [method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string] {
  const [method, url] = route.at.split(' ') as [ReturnType<typeof splitRoute>[0], string]
  return [method, url]
}

/**
 * Address of a created object (RFC 9110 §15.3.2): where routes read, change or remove it. Undefined for one without an
 * address, such as a note.
 */
function locationOf(
  { location }: { location?: (answer: never) => string },
  url: string,
  answer: unknown,
  allowedMethods: (url: string) => readonly string[],
): string | undefined {
  if (location) return location(answer as never)
  if (typeof answer !== 'object' || answer === null || !('id' in answer) || typeof answer.id !== 'string')
    return undefined
  const own = `${url.split('?', 1)[0]!}/${encodeURIComponent(answer.id)}`
  return allowedMethods(own).length > 0 ? own : undefined
}

/** The values that Fastify has validated. */
function inputOf({ params, query, headers, body }: FastifyRequest): AnyInput {
  return { params, query, headers, body } as unknown as AnyInput
}

/** Schema for the validation of the request and for the OpenAPI document. */
function schemaOf(route: Route): FastifySchema & Record<string, unknown> {
  const { validate, present } = route
  const headers = headersOf(route)
  const [method, url] = splitRoute(route)
  return {
    ...(route.isUndescribed && { hide: true }),
    summary: route.summary,
    operationId: operationIdOf(method, url),
    tags: [tagOf(url)],
    security: route.permit.who === 'anyone' ? [] : securityOf(route),
    ...(validate.params && { params: validate.params }),
    ...(validate.query && { querystring: validate.query }),
    ...(headers && { headers }),
    ...(validate.body && { body: validate.body }),
    response: { [present.status]: answerOf(present), default: problemResponse },
  }
}

function answerOf(present: Route['present']) {
  if ('schema' in present) return present.schema
  if (!('contentType' in present)) return z.null().describe('Done.')
  return { description: present.contentType, content: { [present.contentType]: { schema: z.string() } } }
}

const problemResponse = { description: 'A problem (RFC 9457)', content: { [PROBLEM_TYPE]: { schema: Problem } } }

function securityOf(route: Route): Record<string, string[]>[] {
  return isForKeys(route) ? [{ apiKey: [] }, { session: [] }] : [{ session: [] }]
}

/** `POST /v1/conversations/:id/close` → `postConversationsIdClose`. */
function operationIdOf(method: string, url: string): string {
  const words = url.split(/[/:.-]+/).filter((word) => word !== '' && word !== 'v1')
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

/**
 * Refuses requests that another site makes a browser send (CSRF), in addition to `SameSite=Lax` of the cookies. A
 * change with cookies must carry the `Origin` of PUBLIC_URL. Requests without cookies and without `Origin` come from
 * programs and can't be forged this way.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6454#section-7
 */
function refuseForeignOrigin(request: FastifyRequest, publicUrl: URL): void {
  if (SAFE.has(request.method)) return
  const { origin, cookie } = request.headers
  if (origin === undefined ? cookie !== undefined : isForeign(origin, publicUrl)) {
    throw new AppError('http.wrong_origin')
  }
}

/**
 * Refuses pages of origins that aren't listed. A page whose name was pointed at this server (DNS rebinding) sends its
 * own origin.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
 */
function refuseUnlistedOrigin({ headers: { origin } }: FastifyRequest, listed: readonly string[]): void {
  if (origin !== undefined && !listed.includes(origin)) throw new AppError('http.wrong_origin')
}

/** True for a request by a page of another origin. Its cookies count for nothing, also when it only reads. */
function isForeign(origin: string | undefined, publicUrl: URL): boolean {
  return origin !== undefined && origin !== publicUrl.origin
}
