import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/** Seconds for which a browser remembers a preflight request. Chromium's limit is two hours. */
const PREFLIGHT_SECONDS = 600

/**
 * Lets programs in browsers of the given origins use `/v1` with an API key. Cookies are never allowed: without
 * `Access-Control-Allow-Credentials` a browser sends none, so another origin can't act as the signed-in person.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  await app.register(cors, {
    delegator: (request, callback) =>
      callback(null, {
        origin: request.url.startsWith('/v1/') ? [...origins] : false,
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID'],
        exposedHeaders: ['Link', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
        maxAge: PREFLIGHT_SECONDS,
      }),
  })
}
