import fastify, { type FastifyError, type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify'
import type { AccessTokenClaims, AccessTokenVerifier } from '../../entra-id/index.ts'
import type { FaultsAsked } from '../../faults/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import type { Settings } from '../../kernel/settings.ts'
import type { Directory } from '../../tenants/index.ts'
import { type MailStore, MailStoreError, type MailStoreRefusal } from '../mail-store/index.ts'
import type { Transport } from '../transport/index.ts'
import { registerBatch } from './batch.ts'
import { checkBearer } from './bearer-check.ts'
import { beginAnswer, JSON_TYPE, sendError } from './graph-answer.ts'
import { GraphError } from './graph-error.ts'
import { registerGraphFaults } from './graph-faults.ts'
import { createKnownPaths } from './known-paths.ts'
import type { MailHabits } from './mail-call.ts'
import { registerMailRoutes } from './mail-routes.ts'
import { canonicalUrl } from './odata-url.ts'
import { createTokenSeal } from './sealed-token.ts'
import { registerSubscriptions } from './subscriptions.ts'
import { registerThrottle, type ThrottleLimits } from './throttle.ts'
import { registerUploadSessions } from './upload-session.ts'
import { registerUserRoutes } from './user-routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Caller of Graph. Set by the site before any route runs. */
    caller: AccessTokenClaims
  }
}

/** Graph accepts about 4 MB a request: a file just under 3 MB in base64, with the JSON around it. */
export const LARGEST_REQUEST_BYTES = 4 * 1024 * 1024 + 64 * 1024

export interface GraphSiteDeps {
  database: Database
  clock: Clock
  deferred: Deferred
  directory: Directory
  accessTokens: AccessTokenVerifier
  mailStore: MailStore
  transport: Pick<Transport, 'submit'>
  settings: Settings
  faults: FaultsAsked
  /** Parts of Graph from other modules; registered below `/v1.0`, with `request.caller` set. */
  plugins: FastifyPluginAsync[]
  /** Receives internal errors of the sandbox; the client gets `500 InternalServerError`. */
  report: (error: unknown) => void
  habits?: Partial<MailHabits>
  throttleLimits?: Partial<ThrottleLimits>
}

/** `rewrite`: the harder case for a client, which must find its message by the Message-ID that Exchange assigned. */
export const EXCHANGE_HABITS: MailHabits = { messageIdOnSend: 'rewrite', sentCopyDelayMs: 1500, sparseDelta: true }

const STORE_REFUSALS: Record<MailStoreRefusal, [status: number, code: string, message: string]> = {
  'not-found': [404, 'ErrorItemNotFound', 'The specified object was not found in the store.'],
  'folder-exists': [409, 'ErrorFolderExists', 'A folder with the specified name already exists.'],
  'folder-name-invalid': [400, 'BadRequest', 'The displayName of a folder has 1 to 255 characters.'],
  'folder-too-deep': [400, 'BadRequest', 'The hierarchy of folders is too deep.'],
  'folder-inside-itself': [400, 'ErrorMoveCopyFailed', 'The move or copy operation failed.'],
  'folder-well-known': [403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.'],
  'message-too-large': [413, 'ErrorMessageSizeExceeded', 'The message exceeds the maximum supported size.'],
  'too-many-attachments': [400, 'BadRequest', 'A message has at most 250 attachments.'],
}

export function createGraphSite(deps: GraphSiteDeps): FastifyInstance {
  const { database, clock, accessTokens, directory, settings, faults, plugins, report } = deps
  const knownPaths = createKnownPaths()
  const site = fastify({
    bodyLimit: LARGEST_REQUEST_BYTES,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 4096 },
    exposeHeadRoutes: false,
    rewriteUrl: ({ url }) => canonicalUrl(url ?? '/'),
    frameworkErrors(error, request, reply) {
      beginAnswer(request, reply, clock)
      void sendError(request, reply, translate(error), clock)
    },
  })

  site.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) knownPaths.add(each, url)
  })
  site.addHook('onRequest', async (request, reply) => {
    beginAnswer(request, reply, clock)
  })
  registerThrottle(site, { clock, directory, ...(deps.throttleLimits && { limits: deps.throttleLimits }) })
  site.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.preauthenticated) return
    request.caller = await checkBearer(request, { accessTokens, directory, faults, addresses: settings.named })
  })
  registerGraphFaults(site, { faults, directory, clock })
  site.addHook('onSend', async (_request, reply) => {
    if (String(reply.getHeader('content-type')).startsWith('application/json;')) {
      reply.headers({ 'content-type': JSON_TYPE, 'odata-version': '4.0' })
    }
  })

  // Most clients send `Content-Type: application/json` even for an action without a body.
  const parseJson = site.getDefaultJsonParser('error', 'error')
  site.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parseJson(request, body as string, done)
  })

  site.setErrorHandler((error: unknown, request, reply) => {
    // Fastify would close the connection for a body that is too large. A client that is still sending would then see
    // only the closed connection.
    if (isTooLarge(error)) reply.removeHeader('connection')
    sendError(request, reply, translate(error), clock)
  })
  site.setNotFoundHandler((request, reply) => void sendError(request, reply, refuse(request), clock))

  registerUserRoutes(site, { directory, graph: settings.named.graph })
  registerMailRoutes(site, {
    ...deps,
    graph: settings.named.graph,
    tokenSeal: createTokenSeal(database),
    habits: { ...EXCHANGE_HABITS, ...deps.habits },
  })
  registerUploadSessions(site, deps)
  registerSubscriptions(site, deps)
  registerBatch(site)
  site.register(
    async (v1) => {
      for (const plugin of plugins) v1.register(plugin)
    },
    { prefix: '/v1.0' },
  )

  function refuse(request: FastifyRequest): GraphError {
    const path = request.url.split('?', 1)[0]!
    const version = path.split('/')[1]!.toLowerCase()
    if (version === 'v1.0' || version === 'oidc' || version === 'api') return knownPaths.refusalOf(path)
    if (version !== 'beta') return new GraphError(400, 'BadRequest', `Invalid version: ${version}`)
    return new GraphError(501, 'notSupported', 'The sandbox has no beta version of Microsoft Graph; use v1.0.')
  }

  function translate(error: unknown): GraphError {
    if (error instanceof GraphError) return error
    if (error instanceof MailStoreError) return new GraphError(...STORE_REFUSALS[error.refusal])
    const { code = '', statusCode = 500 } = error as Partial<FastifyError>
    if (isTooLarge(error)) {
      return new GraphError(413, 'ErrorMessageSizeExceeded', 'The request is larger than the 4 MB that Graph takes.')
    }
    if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
      return new GraphError(
        415,
        'RequestBodyRead',
        'A supported MIME type could not be found that matches the content type of the request.',
      )
    }
    if (error instanceof SyntaxError || code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
      return new GraphError(
        400,
        'BadRequest',
        'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
      )
    }
    if (statusCode < 500) return new GraphError(400, 'BadRequest', (error as Error).message)
    report(error)
    return new GraphError(500, 'InternalServerError', 'The sandbox failed; its log says why.')
  }

  return site
}

function isTooLarge(error: unknown): boolean {
  return (error as Partial<FastifyError>).code === 'FST_ERR_CTP_BODY_TOO_LARGE'
}
