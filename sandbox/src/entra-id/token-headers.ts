import type { FastifyReply, FastifyRequest } from 'fastify'
import { randomBytes } from 'node:crypto'

/**
 * Sets the headers of every response to a program at the token endpoint and similar endpoints; `traceId` identifies the
 * request.
 */
export function addTokenHeaders(request: FastifyRequest, reply: FastifyReply, traceId: string): void {
  const { origin, 'client-request-id': clientRequestId } = request.headers
  reply.headers({
    'cache-control': 'no-store, no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-ms-request-id': traceId,
    'x-ms-ests-server': '2.1.22000.0 - SANDBOX ProdSlices',
  })
  if (request.headers['return-client-request-id'] === 'true' && typeof clientRequestId === 'string') {
    reply.header('client-request-id', clientRequestId)
  }
  const cookie = { path: '/', httpOnly: true }
  reply.setCookie('fpc', randomBytes(16).toString('base64url'), cookie)
  reply.setCookie('x-ms-gateway-slice', 'estsfd', cookie)
  reply.setCookie('stsservicecookie', 'estsfd', cookie)
  if (origin !== undefined) {
    reply.headers({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'content-type',
      'access-control-expose-headers': 'Content-Length,Content-Encoding,x-ms-request-id',
    })
  }
}
