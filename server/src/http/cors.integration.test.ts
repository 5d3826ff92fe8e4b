import { describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase } from '../../test/kit/index.ts'

const database = await testDatabase()
const SHOP = 'https://shop.example'
const { ask, person, rooms } = await createTestApp(database, createTestClock(), { corsOrigins: [SHOP] })
const admin = await person('admin')
const preflight = (origin: string) => ({
  headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
})

describe('programs in browsers of other origins', () => {
  it('may use the API with a key if their origin is listed', async () => {
    const asked = await ask('OPTIONS /v1/messages', preflight(SHOP))

    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, SHOP])
    for (const header of ['Authorization', 'Idempotency-Key', 'If-None-Match']) {
      expect(asked.headers['access-control-allow-headers']).toContain(header)
    }
    const { key } = await rooms.people.apiKeys.create(
      { name: 'Shop', scopes: ['mail:read'], emailAccountIds: 'all' },
      admin.id,
    )
    const as = { authorization: `Bearer ${key.reveal()}` }
    const { status, headers } = await ask('GET /v1/messages', { as, headers: { origin: SHOP } })
    expect([status, headers['access-control-allow-origin'], headers['vary']]).toEqual([200, SHOP, 'Origin'])
    expect(headers['access-control-expose-headers']).toContain('Retry-After')
  })

  it.each([
    ['OPTIONS /v1/messages', 'https://shop.example.evil.example'],
    ['OPTIONS /v1/messages', 'http://shop.example'],
    ['OPTIONS /v1/messages', 'null'],
    ['OPTIONS /metrics', SHOP],
  ])('are refused by their browser otherwise: %s from %s', async (at, origin) => {
    const { headers } = await ask(at, preflight(origin))

    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('never act as the signed-in person', async () => {
    const listed = await ask('OPTIONS /v1/tags', preflight(SHOP))
    expect(listed.headers['access-control-allow-credentials']).toBeUndefined()

    const read = await ask('GET /v1/tags', { as: admin, headers: { origin: SHOP } })
    expect(read.status).toBe(401)
    const changed = await ask('POST /v1/tags', { as: admin, headers: { origin: SHOP }, body: { name: 'Foreign' } })
    expect([changed.status, (changed.body as { code: string }).code]).toEqual([403, 'http.wrong_origin'])
  })

  it('are refused by their browser unless an origin is configured', async () => {
    const plain = await createTestApp(database, createTestClock())
    const { status, headers } = await plain.ask('OPTIONS /v1/messages', preflight(SHOP))

    expect([status, headers['access-control-allow-origin']]).toEqual([405, undefined])
  })

  it('get the usual answer to a request that is none of CORS', async () => {
    const { status, body } = await ask('OPTIONS /v1/messages', { headers: { origin: undefined } })

    expect([status, (body as { code: string }).code]).toEqual([405, 'http.method_not_allowed'])
  })
})
