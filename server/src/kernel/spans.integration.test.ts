import * as api from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEgress } from './egress.ts'
import { AppError } from './errors.ts'
import { setTracing, traced, traceStatement } from './spans.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const contexts = new AsyncLocalStorageContextManager().enable()
const server = createServer((_request, response) => void response.writeHead(404).end())
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  api.context.setGlobalContextManager(contexts)
  setTracing({ api, tracer: provider.getTracer('test') })
})
// Other files run in this process.
afterAll(() => {
  setTracing()
  api.context.disable()
  server.close()
})

describe('a span', () => {
  it('has host and status of an outgoing request, without the rest of its address, within the span of its work', async () => {
    const egress = createEgress({ allowPrivate: () => true })
    const { port } = server.address() as AddressInfo
    exporter.reset()
    await traced('sync run', { attributes: { 'postkey.account': '0001' } }, () =>
      egress.fetch(`http://localhost:${port}/users/canary?token=canary`, { headers: { authorization: 'canary' } }),
    )
    await egress.close()

    const [request, run] = exporter.getFinishedSpans()
    expect(request).toMatchObject({
      name: 'GET',
      kind: api.SpanKind.CLIENT,
      attributes: { 'http.request.method': 'GET', 'server.address': 'localhost', 'http.response.status_code': 404 },
      parentSpanContext: { spanId: run!.spanContext().spanId },
    })
    expect(JSON.stringify([request!.attributes, request!.events, request!.name])).not.toContain('canary')
  })

  it('has the code of an error, and no message', async () => {
    exporter.reset()
    const work = () =>
      Promise.reject(new AppError('egress.unreachable', { cause: new Error('canary'), detail: 'canary' }))
    await expect(traced('sync run', {}, work)).rejects.toMatchObject({ code: 'egress.unreachable' })

    const [span] = exporter.getFinishedSpans()
    expect(span!.attributes).toEqual({ 'error.type': 'egress.unreachable' })
    expect(span!.status).toEqual({ code: api.SpanStatusCode.ERROR })
    expect(span!.events).toEqual([])
  })

  it('exists for a statement only within another span', async () => {
    exporter.reset()
    traceStatement('SELECT 1', 5, false)
    await traced('sync run', {}, async () => traceStatement('SELECT $1\n  FROM events', 5, false))

    expect(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes['db.query.text']])).toEqual([
      ['postgresql SELECT', 'SELECT $1 FROM events'],
      ['sync run', undefined],
    ])
  })
})
