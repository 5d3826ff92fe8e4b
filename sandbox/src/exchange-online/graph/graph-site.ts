import fastify, { type FastifyError, type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify'
import type { AccessTokenVerifier } from '../../entra-id/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import type { Settings } from '../../kernel/settings.ts'
import type { Directory } from '../../tenants/index.ts'
import type { MailStore } from '../mail-store/index.ts'
import { checkBearer } from './bearer-check.ts'
import { beginAnswer, JSON_TYPE, sendError } from './graph-answer.ts'
import { GraphError } from './graph-error.ts'
import { createKnownPaths } from './known-paths.ts'
import { canonicalUrl } from './odata-url.ts'
import type { Transport } from './submission.ts'

/** Graph takes about 4 MB a request; larger attachments go through an upload session. */
export const LARGEST_REQUEST_BYTES = 4 * 1024 * 1024

export interface GraphSiteDeps {
  database: Database
  clock: Clock
  deferred: Deferred
  directory: Directory
  accessTokens: AccessTokenVerifier
  mailStore: MailStore
  transport: Transport
  settings: Settings
  /** Parts of Graph that other rooms serve; registered below `/v1.0`, with `request.caller` set. */
  plugins: FastifyPluginAsync[]
  /** Hears of faults of the sandbox itself; the client hears `500 InternalServerError`. */
  report: (error: unknown) => void
}

export function createGraphSite(deps: GraphSiteDeps): FastifyInstance {
  const { clock, accessTokens, directory, settings, plugins, report } = deps
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
  site.addHook('onRequest', async (request) => {
    request.caller = await checkBearer(request, { accessTokens, directory, addresses: settings.named })
  })
  site.addHook('onSend', async (_request, reply) => {
    if (String(reply.getHeader('content-type')).startsWith('application/json;')) {
      reply.headers({ 'content-type': JSON_TYPE, 'odata-version': '4.0' })
    }
  })

  // An action without a body still comes with `Content-Type: application/json` from most clients.
  const parseJson = site.getDefaultJsonParser('error', 'error')
  site.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parseJson(request, body as string, done)
  })

  site.setErrorHandler((error: unknown, request, reply) => sendError(request, reply, translate(error), clock))
  site.setNotFoundHandler((request, reply) => sendError(request, reply, refuse(request), clock))

  site.register(
    async (v1) => {
      for (const plugin of plugins) v1.register(plugin)
    },
    { prefix: '/v1.0' },
  )

  function refuse(request: FastifyRequest): GraphError {
    const path = request.url.split('?', 1)[0]!
    const version = path.split('/')[1]!.toLowerCase()
    if (version === 'v1.0' || version === 'oidc') return knownPaths.refusalOf(path)
    if (version !== 'beta') return new GraphError(400, 'BadRequest', `Invalid version: ${version}`)
    return new GraphError(501, 'notSupported', 'The sandbox has no beta version of Microsoft Graph; use v1.0.')
  }

  function translate(error: unknown): GraphError {
    if (error instanceof GraphError) return error
    const { code = '', statusCode = 500 } = error as FastifyError
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
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
