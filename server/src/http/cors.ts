import cors from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Seconds for which a browser remembers a preflight request. Chromium's limit is two hours. */
const PREFLIGHT_SECONDS = 600

const ALLOWED = [
  ...['Authorization', 'Content-Type', 'Idempotency-Key', 'If-None-Match', 'Last-Event-ID'],
  ...['MCP-Protocol-Version', 'Mcp-Method', 'Mcp-Name'],
]

const EXPOSED = [
  ...[
    'Content-Disposition',
    'Date',
    'ETag',
    'Idempotent-Replayed',
    'Link',
    'Location',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
  ],
  ...['WWW-Authenticate', 'X-Request-Id'],
]

/**
 * Lets programs in browsers of the given origins use `/v1` and `/mcp` with an API key. Their cookies count for nothing (`authenticate`
 * in `mount-route.ts`), so another origin can't act as the signed-in person.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  await app.register(cors, {
    delegator: (request, callback) =>
      callback(null, {
        origin: isForBrowsers(request) ? [...origins] : false,
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        allowedHeaders: ALLOWED,
        exposedHeaders: EXPOSED,
        maxAge: PREFLIGHT_SECONDS,
      }),
  })
}

/** False for requests that CORS doesn't know: they get the answer of a route, such as 405 for OPTIONS. */
function isForBrowsers({ method, url, headers }: FastifyRequest): boolean {
  if (!(url.startsWith('/v1/') || url === '/mcp') || headers.origin === undefined) return false
  return method !== 'OPTIONS' || headers['access-control-request-method'] !== undefined
}
