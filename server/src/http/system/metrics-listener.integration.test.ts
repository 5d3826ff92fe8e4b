import { connect } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { createTestApp, createTestClock, silentLog, testDatabase } from '../../../test/kit/index.ts'
import { createMetrics } from '../metrics.ts'
import { startMetricsListener } from './metrics-listener.ts'

const { app, rooms } = await createTestApp(await testDatabase(), createTestClock())
const metrics = createMetrics(rooms)
const listener = await startMetricsListener({ host: '127.0.0.1', port: 0, metrics, log: silentLog })
afterAll(() => listener.close())

it('serves metrics without a key on their own port, with figures of the database', async () => {
  const answer = await fetch(`${addressOf(listener)}/metrics`)

  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  const text = await answer.text()
  expect(text).toContain('postkey_info{')
  expect(text).toContain('postkey_database_up 1')
})

it('serves nothing else there', async () => {
  for (const path of ['/', '/readyz', '/v1/session', '/metrics/x']) {
    expect((await fetch(`${addressOf(listener)}${path}`)).status, path).toBe(404)
  }
  expect((await fetch(`${addressOf(listener)}/metrics`, { method: 'POST' })).status).toBe(404)
})

it('refuses metrics without a key on the port of the API, even from this machine and for a proxy on it', async () => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  for (const headers of [{}, { 'x-forwarded-for': '127.0.0.1' }, { host: 'localhost' }]) {
    const answer = await fetch(`${addressOf(app)}/metrics`, { headers })
    expect(answer.status).toBe(401)
    expect(await answer.text()).not.toContain('postkey_info')
  }
  await app.close()
})

it('refuses a name that a page in a browser could have pointed to this machine', async () => {
  for (const [host, status] of [
    ['evil.example', 421],
    ['evil.example:9400', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost:9400', 200],
    ['[::1]:9400', 200],
    ['127.0.0.1', 200],
  ] as const) {
    expect((await listener.inject({ url: '/metrics', headers: { host } })).statusCode, host).toBe(status)
  }
})

it('limits connections to all its addresses together', async () => {
  const limited = await startMetricsListener({ host: 'localhost', port: 0, metrics, log: silentLog, maxConnections: 2 })
  const { port } = new URL(addressOf(limited))
  const sockets = ['127.0.0.1', '::1', '127.0.0.1', '::1'].map((host) => connect(Number(port), host))
  const ended = new Promise<void>((resolve) => {
    let open = sockets.length
    for (const socket of sockets) socket.once('error', () => undefined).once('close', () => --open === 2 && resolve())
  })

  await ended

  for (const socket of sockets) socket.destroy()
  await limited.close()
})

it('shares one reading among concurrent requests', async () => {
  const first = metrics.read()

  expect(metrics.read()).toBe(first)
  await first
  const next = metrics.read()
  expect(next).not.toBe(first)
  await next
})

it('reports a port that another program uses', async () => {
  const { port } = new URL(addressOf(listener))

  await expect(
    startMetricsListener({ host: '127.0.0.1', port: Number(port), metrics, log: silentLog }),
  ).rejects.toMatchObject({ code: 'config.port_taken', detail: 'METRICS_PORT' })
})

function addressOf({ server }: Pick<typeof listener, 'server'>): string {
  const bound = server.address()
  if (typeof bound !== 'object' || !bound) throw new Error('not listening')
  return `http://127.0.0.1:${bound.port}`
}
