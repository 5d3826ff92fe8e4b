/** Limits of routes that can be called without limit by any holder of a link or any signed-in caller. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  storeEmailAccount,
  TEST_PASSWORD,
  testDatabase,
  type TestApp,
} from '../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { app, ask, person, publicUrl } = await createTestApp(database, clock)
const admin = await person('admin')
const { cloudProviderId } = await storeEmailAccount(database, clock)

describe('a sign-in link', () => {
  async function makeLink(requestedAddress: string) {
    const body = { cloudProviderId, kind: 'sign-in', requestedAddress }
    const { body: link } = await ask('POST /v1/sign-in-links', { as: admin, body })
    const { id, url } = link as { id: string; url: string }
    return { id, token: new URL(url).hash.slice(1) }
  }

  async function authorizationsOf(id: string): Promise<number> {
    const rows = await database.db
      .selectFrom('authorizations')
      .select('id')
      .where('sign_in_link_id', '=', id as never)
      .execute()
    return rows.length
  }

  it('begins 20 sign-ins in ten minutes, even concurrently, and reports when it refuses more', async () => {
    const [link, other] = [await makeLink('a@contoso.example'), await makeLink('b@contoso.example')]
    const begin = ({ token }: { token: string }) => ask('POST /v1/sign-in-links/begin', { body: { token } })

    const answers = await Promise.all(Array.from({ length: 25 }, () => begin(link)))

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20)
    const refused = answers.filter(({ status }) => status !== 201)
    for (const { status, body, headers } of refused) {
      expect({ status, body }).toMatchObject({
        status: 429,
        body: { code: 'tokens.sign_in_link_busy', remedy: 'wait' },
      })
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(600)
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    }
    expect(await authorizationsOf(link.id)).toBe(20)
    expect((await begin(other)).status).toBe(201)
    expect((await ask('POST /v1/sign-in-links/preview', { body: { token: link.token } })).status).toBe(200)

    clock.advance(10 * 60 * 1000 + 1)
    expect((await begin(link)).status).toBe(201)
    clock.advance(-(10 * 60 * 1000 + 1))
  })
})

describe('the event streams', () => {
  it('are limited to 20 per caller, with Retry-After, and accepted again when one ends', async () => {
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    const headers = { 'x-forwarded-host': publicUrl.host, cookie: admin.cookie! }
    const away = new AbortController()
    const open = () => fetch(`${address}/v1/events/stream`, { headers, signal: away.signal })
    const streams = await Promise.all(Array.from({ length: 20 }, open))
    expect(streams.map(({ status }) => status)).toEqual(Array(20).fill(200))

    const refused = await ask('GET /v1/events/stream', { as: admin })
    expect(refused).toMatchObject({ status: 429, body: { code: 'http.too_many_streams' } })
    expect(refused.headers['retry-after']).toBe('30')
    const other = await person('admin')
    expect((await ask('GET /v1/events/stream', { as: other })).status).toBe(200)

    away.abort()
    // The server detects closed connections one after the other.
    const statusNow = async () => (await ask('GET /v1/events/stream', { as: admin })).status
    let status = await statusNow()
    while (status === 429) status = await statusNow()
    expect(status).toBe(200)
  })
})

describe('the Prometheus metrics', () => {
  it('require a key even from this machine, because a proxy may forward requests without X-Forwarded-For', async () => {
    expect(await ask('GET /metrics')).toMatchObject({ status: 401, body: { code: 'http.not_signed_in' } })
    expect((await ask('GET /metrics', { as: admin })).text).toContain('postkey_http_request_duration_seconds')
  })
})

describe('requests without a sign-in', () => {
  let links = 0
  // Each for another link, whose own limit is lower.
  const look = (proxied: TestApp, client: string) =>
    proxied.ask('POST /v1/sign-in-links/preview', {
      body: { token: `x${links++}` },
      headers: { 'x-forwarded-for': client },
    })

  it('are limited to a number of concurrent ones per client, without affecting other clients', async () => {
    const proxied = await createTestApp(database, clock, { trustedProxies: ['loopback'] })

    const flood = Array.from({ length: 150 }, () => look(proxied, '198.51.100.1'))
    const others = await Promise.all(Array.from({ length: 5 }, () => look(proxied, '198.51.100.2')))

    expect(others.map(({ status }) => status)).toEqual(Array(5).fill(410))
    const refused = (await Promise.all(flood)).filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    for (const { body } of refused) expect(body).toMatchObject({ code: 'http.too_many_requests' })
    expect((await look(proxied, '198.51.100.1')).status).toBe(410)
  })

  it('leave places to browsers that have signed in before, also when none of a flood ends', async () => {
    const proxied = await createTestApp(database, clock, { trustedProxies: ['loopback'] })
    const { email, cookie } = await proxied.person('agent')
    const device = cookie!.split('; ').find((part) => part.startsWith('postkey.device='))!
    const signIn = (cookie: string) =>
      proxied.ask('POST /v1/session', {
        ...{ body: { email, password: TEST_PASSWORD }, headers: { cookie, 'x-forwarded-for': '198.51.100.1' } },
      })
    const isFull = async () => (await look(proxied, '198.51.100.1')).status === 429
    const { port } = new URL(await proxied.app.listen({ host: '127.0.0.1', port: 0 }))
    const head = ['POST /v1/session HTTP/1.1', `host: ${publicUrl.host}`, `origin: ${publicUrl.origin}`]
    const fields = ['x-forwarded-for: 198.51.100.1', 'content-type: application/json', 'content-length: 9']
    const withheld = Array.from({ length: 65 }, () => connect(Number(port), '127.0.0.1'))
    for (const socket of withheld) socket.write([...head, ...fields, '', ''].join('\r\n'))
    // The one that is answered found no place, so the other 64 wait for their bodies.
    await Promise.race(withheld.map((socket) => once(socket, 'data')))

    expect(await signIn(`${device}x`)).toMatchObject({ status: 429, body: { code: 'http.too_many_requests' } })
    expect((await signIn(device)).status).toBe(200)
    const answers = await Promise.all([1, 2, 3].map(() => signIn(device)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429])

    for (const socket of withheld) socket.destroy()
    // A refused look does no I/O, by which the server would notice the closed connections.
    while (await isFull()) await setImmediate()
  })

  it('from one IPv6 /64 network count as one client', async () => {
    const proxied = await createTestApp(database, clock, { trustedProxies: ['loopback'] })

    const flood = Array.from({ length: 150 }, (_, n) => look(proxied, `2001:db8:1:2::${n.toString(16)}`))
    const other = await look(proxied, '2001:db8:1:3::1')

    expect(other.status).toBe(410)
    expect((await Promise.all(flood)).map(({ status }) => status)).toContain(429)
  })
})
