import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../test/kit/index.ts'
import { createBrowserSessions } from './browser-session.ts'
import { createOpenStreams } from './events/open-streams.ts'
import { createMetrics } from './metrics.ts'
import { createRoutes } from './routes.ts'

const clock = createTestClock()
const database = await testDatabase()
const { app, rooms, publicUrl, person } = await createTestApp(database, clock)
const host = publicUrl.host
const admin = await person('admin')
for (let number = 0; number < 3; number++) await storeEmailAccount(database, clock)

/** The response as it is sent, which `ask` would decode as text. */
function get(url: string, encoding?: string) {
  return app.inject({
    url,
    headers: { host, cookie: admin.cookie, ...(encoding && { 'accept-encoding': encoding }) },
  })
}

it('compresses only routes without mail and secrets', () => {
  const routes = createRoutes({
    ...rooms,
    browserSessions: createBrowserSessions(publicUrl),
    metrics: createMetrics(rooms),
    openStreams: createOpenStreams(),
  })

  // A further one needs a review by docs/decisions/0026-compressed-responses.md.
  expect(
    routes
      .filter(({ compress }) => compress)
      .map(({ at }) => at)
      .sort(),
  ).toEqual([
    'GET /v1/cloud-providers',
    'GET /v1/email-accounts',
    'GET /v1/grants',
    'GET /v1/incidents',
    'GET /v1/openapi.json',
    'GET /v1/people',
  ])
})

it('compresses the list of mailboxes for a client that accepts it, with the same content', async () => {
  const [plain, packed] = [await get('/v1/email-accounts'), await get('/v1/email-accounts', 'gzip, deflate, br')]

  expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, 'gzip'])
  expect([plain.headers['vary'], packed.headers['vary']]).toEqual(['accept-encoding', 'accept-encoding'])
  expect(packed.headers['content-length']).toBe(`${packed.rawPayload.length}`)
  expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2)
  expect(gunzipSync(packed.rawPayload)).toEqual(plain.rawPayload)
})

it.each(['br', 'gzip;q=0', 'gzip; Q=0.00', 'gzipped'])(
  'does not send gzip to a client that accepts %s',
  async (encoding) => {
    expect((await get('/v1/email-accounts', encoding)).headers['content-encoding']).toBeUndefined()
  },
)

it.each(['/v1/conversations', '/v1/session', '/v1/drafts', '/v1/api-keys', '/v1/events', '/v1/nothing'])(
  'does not compress %s',
  async (url) => {
    expect((await get(url, 'gzip, deflate, br')).headers['content-encoding']).toBeUndefined()
  },
)
