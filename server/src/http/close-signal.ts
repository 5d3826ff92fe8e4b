import type { FastifyReply } from 'fastify'

/**
 * Aborts when the response is sent or its client has closed the connection. Fastify's `request.signal` doesn't: the stream
 * of a request closes after its body, before the route is called.
 */
export function closeSignal({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const closed = new AbortController()
  if (raw.destroyed) closed.abort()
  else raw.once('close', () => closed.abort())
  return closed.signal
}
