/** Traces of a real server, received by OTLP over HTTP, and searched for what requests contain. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterAll, expect, it, vi } from 'vitest'
import { freePort } from '../../mail-servers/free-port.ts'
import { testDatabase, WAIT } from '../test/kit/index.ts'

interface Attribute {
  key: string
  value: Readonly<Record<string, unknown>>
}
interface Exported {
  resourceSpans: {
    resource: { attributes: Attribute[] }
    scopeSpans: { spans: { name: string; spanId: string; parentSpanId?: string; attributes: Attribute[] }[] }[]
  }[]
}

const ATTRIBUTES = [
  ...['http.request.method', 'http.route', 'http.response.status_code'],
  ...['db.system.name', 'db.operation.name', 'db.query.text'],
]
const exported: Exported[] = []
const headers: unknown[] = []
const receiver = createServer((request, response) => {
  void json(request).then((body) => {
    headers.push([request.url, request.headers['x-tenant']])
    exported.push(body as Exported)
    response.setHeader('content-type', 'application/json').end('{}')
  })
}).listen(0, '127.0.0.1')
await once(receiver, 'listening')
const { url: databaseUrl } = await testDatabase()
const folder = mkdtempSync(join(tmpdir(), 'postkey-tracing-'))
let server: ChildProcess | undefined
afterAll(async () => {
  if (server?.exitCode === null && server.signalCode === null) {
    server.kill('SIGKILL')
    await once(server, 'exit')
  }
  receiver.close()
  rmSync(folder, { recursive: true })
})

it('has a span per request with its statements, exported to the receiver of the standard variables, without content', async () => {
  const port = await freePort()
  const address = `http://localhost:${port}`
  server = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...{ PATH: process.env.PATH, PUBLIC_URL: address, PORT: String(port), DATABASE_URL: databaseUrl },
      ...{ POSTKEY_KEY_FILE: join(folder, 'keys'), OTEL_SERVICE_NAME: 'postkey-test' },
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}` },
      ...{ OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue', OTEL_BSP_SCHEDULE_DELAY: '50' },
    },
  })
  await once(server.stderr!.setEncoding('utf8'), 'data')
  const body = { email: 'canary@canary.example', password: 'canary-password' }
  await fetch(`${address}/v1/session?code=canary-code`, {
    method: 'POST',
    headers: {
      origin: address,
      'content-type': 'application/json',
      cookie: 'x=canary-cookie',
      'user-agent': 'canary-agent',
    },
    body: JSON.stringify(body),
  })
  await fetch(`${address}/v1/canary-path`, { headers: { authorization: 'Bearer canary-token' } })
  await fetch(`${address}/readyz`)
  await vi.waitFor(() => expect(names()).toEqual(expect.arrayContaining(['GET /readyz', 'POST /v1/session'])), WAIT)
  server.kill('SIGTERM')
  expect(await once(server, 'exit')).toEqual([0, null])

  expect(headers[0]).toEqual(['/v1/traces', 'blue'])
  expect(exported[0]!.resourceSpans[0]!.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'postkey-test' },
  })
  const signIn = spans().find(({ name }) => name === 'POST /v1/session')!
  const children = spans().filter(({ parentSpanId }) => parentSpanId === signIn.spanId)
  expect(children.map(({ name }) => name)).toContain('postgresql SELECT')
  const attributes = new Set(spans().flatMap((span) => span.attributes.map(({ key }) => key)))
  expect([...attributes].sort()).toEqual([...ATTRIBUTES].sort())
  const text = JSON.stringify(exported)
  for (const canary of ['canary', databaseUrl, '127.0.0.1', 'localhost']) expect(text).not.toContain(canary)
})

function spans() {
  return exported.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans: all }) => all)),
  )
}

function names(): string[] {
  return spans().map(({ name }) => name)
}
