/** Proxy with https in PUBLIC_URL and plain http to the server; or a wrong scheme in PUBLIC_URL. */
import { describe, expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  storeEmailAccount,
  TEST_PASSWORD,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const publicUrl = new URL('https://mail.contoso.example')
const { ask, person, rooms } = await createTestApp(database, clock, { publicUrl })
const admin = await person('admin')
const stored = await storeEmailAccount(database, clock)
const behindProxy = { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example' }

describe('behind a proxy with another scheme', () => {
  it('a redirect URI, a link and a notification address use PUBLIC_URL, whatever a header contains', async () => {
    const requestedAddress = 'support@contoso.example'
    const body = { cloudProviderId: stored.cloudProviderId, kind: 'sign-in', requestedAddress }
    const begun = await ask('POST /v1/authorizations', { as: admin, body, headers: behindProxy })
    expect(begun.status, begun.text).toBe(201)
    const { searchParams } = new URL((begun.body as { url: string }).url)
    expect(searchParams.get('redirect_uri')).toBe('https://mail.contoso.example/oauth/callback')

    const link = await ask('POST /v1/sign-in-links', { as: admin, body, headers: behindProxy })
    expect((link.body as { url: string }).url).toMatch(/^https:\/\/mail\.contoso\.example\/sign-in-link#/)
    // The browser uses https, so the cookie that binds it to the sign-in is limited to https.
    expect(String(begun.headers['set-cookie'])).toMatch(/^__Host-.*; Secure/)
  })

  it('a browser with another scheme than PUBLIC_URL gets an error, and no sign-in is begun', async () => {
    const before = await count()
    const body = { cloudProviderId: stored.cloudProviderId, kind: 'sign-in' }
    const headers = { origin: 'http://mail.contoso.example' }

    for (const [at, sent] of [
      ['POST /v1/authorizations', body],
      ['POST /v1/session', { email: admin.email, password: TEST_PASSWORD }],
    ] as const) {
      const answer = await ask(at, { as: admin, body: sent, headers })
      expect(answer).toMatchObject({ status: 403, body: { code: 'http.wrong_origin' } })
      expect((answer.body as { fix: string }).fix).toContain('PUBLIC_URL must have the scheme')
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
    expect(await count()).toBe(before)
  })

  it('a callback that arrives by plain http is accepted: only the state is checked', async () => {
    const answer = await ask('GET /oauth/callback?code=x&state=guessed', { headers: behindProxy })

    expect(answer.status).toBe(409)
    expect(answer.text).toContain('tokens.state_unknown')
    expect(answer.text).not.toContain('evil.example')
    expect(rooms.publicUrl.protocol).toBe('https:')
  })
})

async function count(): Promise<number> {
  return (await database.db.selectFrom('authorizations').select('id').execute()).length
}
