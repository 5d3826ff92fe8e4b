/** Uses of links without a sign-in: invitations, links for new passwords, sign-in links, connect sessions and work orders. */
import { expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase } from '../../test/kit/index.ts'
import { createRoutes } from './routes.ts'
import { createBrowserSessions } from './browser-session.ts'
import { createOpenStreams } from './events/open-streams.ts'
import { createMetrics } from './metrics.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms, publicUrl } = await createTestApp(database, clock, { trustedProxies: ['loopback'] })
await person('admin')
const MINUTE_MS = 60_000

const ID = '11111111-1111-4111-8111-111111111111'
const USES: Record<string, object> = {
  'POST /v1/links/preview': {},
  'POST /v1/links/accept': { password: 'nine horses by a lake' },
  'POST /v1/sign-in-links/preview': {},
  'POST /v1/sign-in-links/begin': {},
  'POST /v1/sign-in-links/begin-device': {},
  'POST /v1/connect-sessions/preview': {},
  'POST /v1/connect-sessions/begin': {},
  'POST /v1/connect-sessions/leave': {},
  'POST /v1/work-orders/preview': {},
  'POST /v1/work-orders/hand-back': { tenantId: ID, clientId: ID },
}

it.each(Object.entries(USES))('limits the uses of one link from one network: %s', async (at, more) => {
  const use = (token: string, from = '203.0.113.7') =>
    ask(at, { body: { token, ...more }, headers: { 'x-forwarded-for': from } })
  for (let n = 0; n < 30; n++) {
    const answer = await use(`${at} a`)
    expect(answer.status).not.toBe(429)
    expect(answer.headers['ratelimit']).toBe(`"link";r=${29 - n};t=60`)
  }
  clock.advance(20_000)
  const refused = await use(`${at} a`)
  expect(refused).toMatchObject({ status: 429, body: { code: 'http.rate_limited' } })
  expect(refused.headers).toMatchObject({
    ...{ 'retry-after': '40', ratelimit: '"link";r=0;t=40', 'ratelimit-policy': '"link";q=30;w=60' },
  })
  expect((await use(`${at} b`)).status).not.toBe(429)
  expect((await use(`${at} a`, '203.0.113.8')).status).not.toBe(429)
  clock.advance(MINUTE_MS)
  expect((await use(`${at} a`)).status).not.toBe(429)
})

it('limits every route whose body has the token of a link', () => {
  const withToken = createRoutes({
    ...rooms,
    browserSessions: createBrowserSessions(publicUrl),
    metrics: createMetrics(rooms),
    openStreams: createOpenStreams(),
  })
    .filter(({ permit, validate }) => permit.who === 'anyone' && hasToken(validate.body))
    .map(({ at, linkOf }) => ({ at, isLimited: linkOf !== undefined }))
  expect(withToken.filter(({ isLimited }) => !isLimited)).toEqual([])
  expect(withToken.map(({ at }) => at)).toEqual(expect.arrayContaining(Object.keys(USES)))
})

function hasToken(body: unknown): boolean {
  const shape = (body as { shape?: object } | undefined)?.shape ?? {}
  return 'token' in shape || 'invitation' in shape
}
