import type { FastifyInstance, FastifyRequest } from 'fastify'
import { beginSpan, isTracing, type OpenSpan } from '../kernel/spans.ts'

/** One span per request, with its route instead of its address. Event streams, which last for hours, have none. */
export function traceRequests(app: FastifyInstance): void {
  if (!isTracing()) return
  const spans = new WeakMap<FastifyRequest, OpenSpan>()

  app.addHook('onRequest', (request, _reply, done) => {
    const { method } = request
    const route = request.routeOptions.url ?? 'none'
    const attributes = { 'http.request.method': method, 'http.route': route }
    const span =
      route === '/v1/events/stream' ? undefined : beginSpan(`${method} ${route}`, { kind: 'SERVER', attributes })
    if (span) spans.set(request, span)
    within(request, done)
  })
  // The body arrives in callbacks of the socket, which are outside of the span.
  app.addHook('preValidation', (request, _reply, done) => within(request, done))
  app.addHook('onResponse', (request, { statusCode }, done) => {
    spans.get(request)?.end({ 'http.response.status_code': statusCode }, statusCode >= 500)
    done()
  })

  function within(request: FastifyRequest, done: () => void): void {
    const span = spans.get(request)
    if (span) span.within(done)
    else done()
  }
}
