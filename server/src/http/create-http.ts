/**
 * The HTTP server: Fastify with the routes of `routes.ts`. Sets up the rules for all responses: one address, one error
 * format, the same headers, limits on requests.
 */
import cookies from '@fastify/cookie'
import fastify, { LogController, type FastifyInstance } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import type { Log } from '../kernel/log.ts'
import { newId } from '../kernel/ids.ts'
import { createAllowedMethods } from './allowed-methods.ts'
import { createAnonymousRequests } from './anonymous-requests.ts'
import { createNotFound } from './answer-not-found.ts'
import { createBrowserSessions } from './browser-session.ts'
import { allowOrigins } from './cors.ts'
import { createCanonicalAddress } from './canonical-address.ts'
import { createConnectionLimits } from './connection-limits.ts'
import { createOpenStreams } from './events/open-streams.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { mountRoute } from './mount-route.ts'
import { createOpenConnections } from './open-connections.ts'
import { describeApi } from './openapi.ts'
import { answerError } from './problem.ts'
import { createRecentKeys } from './recent-keys.ts'
import { createRequestLimits } from './request-limits.ts'
import { traceRequests } from './request-spans.ts'
import type { Rooms } from './rooms.ts'
import { createRoutes } from './routes.ts'
import { createSecurityHeaders, listSecurityHeaders } from './security-headers.ts'
import { createUnreadableRequests } from './unreadable-requests.ts'
import { serveWebUi } from './web-ui.ts'

export interface HttpOptions extends Omit<Rooms, 'browserSessions' | 'metrics' | 'openStreams'> {
  /** The single address under which people and Microsoft reach the server. */
  publicUrl: URL
  log: Log
  /** Folder with the built web UI; without it, only the API is served. */
  webFolder?: string | undefined
  /** Metrics that a listener of their own also serves; by default, they are only served here. */
  metrics?: Metrics
  /** Addresses of proxies that are trusted to name the client address; none by default. */
  trustedProxies?: string[]
}

/** Maximum size of a request other than a message with attachments. */
const BODY_LIMIT_BYTES = 1024 * 1024
const REQUEST_TIMEOUT_MS = 60_000
/** A connection without a complete header by then is closed. */
const HEADERS_TIMEOUT_MS = 15_000
const CHECK_EVERY_MS = 5_000

/** Creates a server, ready to listen or for `inject`. `close()` ends streams and waits for other requests. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { publicUrl, log, clock, trustedProxies, webFolder } = options
  const app = fastify({
    loggerInstance: log.child({ room: 'http' }),
    // A line per request would contain addresses with search words; failures are logged where they are answered.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId(),
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CHECK_EVERY_MS },
    routerOptions: { maxParamLength: 200 },
    trustProxy: trustedProxies ?? false,
    // Requests in progress, and those that a proxy has sent already, are completed. Connections are closed below.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    ...createUnreadableRequests({ publicUrl, log }),
  }) as unknown as FastifyInstance
  const connections = createOpenConnections(log)
  connections.watch(app.server)
  const connectionLimits = createConnectionLimits({
    trustedProxies: trustedProxies ?? [],
    headers: listSecurityHeaders(publicUrl),
  })
  connectionLimits.watch(app.server)
  const metrics = options.metrics ?? createMetrics(options)
  const rooms: Rooms = {
    ...options,
    browserSessions: createBrowserSessions(publicUrl),
    metrics,
    openStreams: createOpenStreams(),
  }
  endWithRights(rooms)

  // JSON only: a form of another site can send plain text without a preflight request.
  app.removeContentTypeParser('text/plain')
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Many clients send the type with every POST, also to routes without a body.
    if (body === '') done(null, undefined)
    else void parseJson(request, body, done)
  })
  app.setValidatorCompiler(validatorCompiler)
  // Routes have already built their responses by their own schemas.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setErrorHandler(answerError)

  app.addHook('onRequest', createSecurityHeaders(publicUrl))
  app.addHook('onRequest', createCanonicalAddress({ publicUrl, log: log.child({ room: 'http' }) }))
  // Browsers calculate elapsed times from this header, even if their own clock is wrong (RFC 9110 §6.6.1).
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('date', clock.now().toUTCString())
    done()
  })
  // The same id as in problems and in the log.
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    done()
  })
  traceRequests(app)
  app.addHook('onRequest', (_request, reply, done) => {
    // A proxy must send its next request elsewhere.
    if (options.isEnding?.()) void reply.header('connection', 'close')
    done()
  })
  app.addHook('onResponse', metrics.observe)
  app.addHook('onRequest', (request, reply, done) => {
    // An event stream lasts for hours.
    if (/^\/(?:v1\/|mcp(?:\?|$))/.test(request.url) && !request.url.startsWith('/v1/events/stream')) {
      reply.raw.once('close', rooms.requests.begin())
    }
    done()
  })
  app.addHook('preClose', (done) => {
    rooms.openStreams.destroyAll()
    connections.closeGently()
    // Connections that the system has accepted are taken first: closing the port would reset them.
    setImmediate(done)
  })
  await allowOrigins(app, rooms.corsOrigins ?? [])
  await app.register(cookies)
  const routes = createRoutes(rooms)
  const allowedMethods = createAllowedMethods(routes)
  const answerNotFound = createNotFound(allowedMethods)
  if (webFolder === undefined) app.setNotFoundHandler(answerNotFound)
  else await serveWebUi(app, webFolder, answerNotFound)
  await describeApi(app, publicUrl, routes)
  const mounting = {
    ...{
      people: rooms.people,
      emailAccounts: rooms.emailAccounts,
      idempotency: rooms.idempotency,
      publicUrl,
      connectionLimits,
      corsOrigins: rooms.corsOrigins ?? [],
    },
    anonymousRequests: createAnonymousRequests(),
    recentKeys: createRecentKeys(),
    requestLimits: createRequestLimits({ clock }),
    linkLimits: createRequestLimits({ clock }),
    allowedMethods,
  }
  for (const route of routes) {
    // Each route in a separate scope, so that no route accepts a content type of another by accident.
    await app.register(async (scope) => mountRoute(scope, route, mounting))
  }
  await app.ready()
  return app
}

/**
 * Ends everything in other modules that depends on a person's rights, in the transaction that removes them. Defined
 * here, because `http` may import all modules and `people` none of them.
 */
function endWithRights({ people, conversations, signInLinks, workOrders }: Rooms): void {
  people.people.onRightsLost(async (tx, { id, keptAccountIds, actor }) => {
    await conversations.team.releaseAssignments(tx, id, keptAccountIds, actor)
    await signInLinks.revokeAllOf(tx, `person:${id}`, actor)
    await workOrders.revokeLinksOf(tx, `person:${id}`, actor)
  })
}
