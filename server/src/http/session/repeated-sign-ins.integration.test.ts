/** Sign-ins that succeed, repeated, on two servers that share a database. */
import { describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, TEST_PASSWORD, testDatabase, type Answer } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const options = { trustedProxies: ['loopback'] }
const first = await createTestApp(database, clock, options)
const second = await createTestApp(database, clock, options)
const { person, rooms } = first
await person('admin')

const signIn = ({ ask }: Pick<typeof first, 'ask'>, { email }: { email: string }, from: string, more: object = {}) =>
  ask('POST /v1/session', {
    ...{ body: { email, password: TEST_PASSWORD }, headers: { 'x-forwarded-for': from }, ...more },
  })

/** The cookie of a known device. */
function deviceOf({ headers }: Answer) {
  const line = [headers['set-cookie']].flat().find((each) => String(each).startsWith('postkey.device='))
  return { as: { cookie: String(line).split(';')[0]! } }
}

const REFUSED = { status: 429, body: { code: 'people.too_many_sign_ins' } }

describe('sign-ins with the right password', () => {
  it('are refused after sixty in an hour on new devices, on all servers, and neither known devices nor others', async () => {
    const [member, other] = [await person('agent'), await person('agent')]
    const device = deviceOf(await signIn(first, member, '203.0.113.7'))
    await database.pool.query("UPDATE sign_in_attempts SET points = 56 WHERE key LIKE 'sign-ins-on-new-devices:%'")
    for (let n = 1; n <= 4; n++) {
      expect((await signIn(n % 2 === 0 ? first : second, member, `198.51.100.${n}`)).status).toBe(200)
    }
    for (const server of [first, second]) {
      const refused = await signIn(server, member, '198.51.100.99')
      expect(refused).toMatchObject(REFUSED)
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3500)
      expect(String(refused.headers['set-cookie'])).not.toContain('session_token')
    }
    // The invitation opened one, five sign-ins the others.
    expect(await rooms.people.sessions.list(member.id)).toHaveLength(6)
    expect((await signIn(second, member, '198.51.100.99', device)).status).toBe(200)
    expect((await signIn(first, other, '198.51.100.99')).status).toBe(200)
  })

  it('are refused on known devices after 120 in an hour', async () => {
    const member = await person('agent')
    const device = deviceOf(await signIn(first, member, '203.0.113.7'))
    expect((await signIn(first, member, '203.0.113.7', device)).status).toBe(200)
    await database.pool.query("UPDATE sign_in_attempts SET points = 119 WHERE key LIKE 'sign-ins-on-known-devices:%'")
    expect((await signIn(first, member, '203.0.113.7', device)).status).toBe(200)
    expect(await signIn(second, member, '203.0.113.7', device)).toMatchObject(REFUSED)
  })
})

describe.each(['passkey', 'openid'] as const)('sign-ins by %s', (method) => {
  it('are refused after sixty in an hour on new devices, and those by password are not', async () => {
    const member = await person('agent')
    const open = () => rooms.people.sessions.open(member.id, { method }, { clientAddress: '203.0.113.8' })
    await open()
    await database.pool.query("UPDATE sign_in_attempts SET points = 59 WHERE key LIKE 'sign-ins-on-new-devices:%'")
    await open()
    await expect(open()).rejects.toMatchObject({ code: 'people.too_many_sign_ins' })
    expect((await signIn(second, member, '203.0.113.8')).status).toBe(200)
  })
})
