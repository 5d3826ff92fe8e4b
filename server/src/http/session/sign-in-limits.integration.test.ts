/** Attacks on passwords by real HTTP, on two servers that share a database. */
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  TEST_PASSWORD,
  TEST_SESSION_SECRET,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const OFFICE = '203.0.113.7'
const ATTACKER = '198.51.100.1'

async function startServer() {
  const { app, person, publicUrl } = await createTestApp(database, clock, { trustedProxies: ['loopback'] })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const post = (path: string, clientAddress: string, body: object, cookie?: string) =>
    fetch(address + path, {
      method: 'POST',
      headers: {
        ...{ 'x-forwarded-host': publicUrl.host, 'x-forwarded-for': clientAddress, origin: publicUrl.origin },
        'content-type': 'application/json',
        ...(cookie !== undefined && { cookie }),
      },
      body: JSON.stringify(body),
    })
  const signIn = async (clientAddress: string, email: string, password: string, cookie?: string) => {
    const answer = await post('/v1/session', clientAddress, { email, password }, cookie)
    return {
      ...{ status: answer.status, retryAfter: answer.headers.get('retry-after') },
      ...{ cookies: answer.headers.getSetCookie(), body: (await answer.json()) as object },
    }
  }
  const sessionStatus = async (cookie: string) => {
    const headers = { 'x-forwarded-host': publicUrl.host, 'x-forwarded-for': OFFICE, cookie }
    return (await fetch(`${address}/v1/session`, { headers })).status
  }
  return { person, signIn, sessionStatus }
}

const deviceOf = (cookies: readonly string[]) => cookies.find((line) => line.startsWith('postkey.device='))!
const valueOf = (line: string) => line.split(';')[0]!

describe('ten anonymous wrong passwords for the address of an admin', async () => {
  const [first, second] = [await startServer(), await startServer()]
  const { email } = await first.person('admin')
  const other = await first.person('agent')
  const signedIn = await first.signIn(OFFICE, email, TEST_PASSWORD)
  const device = valueOf(deviceOf(signedIn.cookies))
  const wrong = (n: number) => (n % 2 === 0 ? first : second).signIn(ATTACKER, email, `wrong password ${n}`)
  const guesses: number[] = []
  for (let n = 0; n < 10; n++) guesses.push((await wrong(n)).status)

  it('at two servers are counted together, also by a server that starts later', async () => {
    expect(guesses).toEqual(Array(10).fill(401))
    const third = await startServer()
    for (const server of [first, second, third]) {
      const refused = await server.signIn(ATTACKER, email, TEST_PASSWORD)
      expect(refused).toMatchObject({ status: 429, body: { code: 'people.too_many_tries', remedy: 'wait' } })
      expect(Number(refused.retryAfter)).toBeGreaterThan(0)
    }
  })

  it("don't lock out the admin: from another network, nor in a known browser of the same network", async () => {
    expect((await second.signIn(OFFICE, email, TEST_PASSWORD)).status).toBe(200)
    expect((await second.signIn(ATTACKER, email, TEST_PASSWORD, device)).status).toBe(200)
  })

  it('are not continued with the device cookie of another account, or with a forged one', async () => {
    const ofOther = valueOf(deviceOf((await first.signIn(OFFICE, other.email, TEST_PASSWORD)).cookies))
    const [header, payload, signature] = device.split('=')[1]!.split('.')
    const claims = { ...(JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object), jti: 'new' }
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const forged = {
      'the signature of other claims': `${header}.${encode(claims)}.${signature}`,
      'no algorithm': `${encode({ alg: 'none' })}.${encode(claims)}.`,
      'no signature': `${header}.${payload}.`,
      'the session secret itself as key': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(TEST_SESSION_SECRET.reveal())),
      'no token': 'x',
    }
    expect((await first.signIn(ATTACKER, email, TEST_PASSWORD, ofOther)).status).toBe(429)
    for (const [kind, token] of Object.entries(forged)) {
      expect((await first.signIn(ATTACKER, email, TEST_PASSWORD, `postkey.device=${token}`)).status, kind).toBe(429)
    }
  })
})

describe('the device cookie', async () => {
  const { person, signIn, sessionStatus } = await startServer()
  const { email } = await person('agent')

  it("is set by a successful sign-in alone, isn't readable by scripts and doesn't sign in", async () => {
    expect((await signIn('192.0.2.9', email, 'wrong password')).cookies.some((line) => line.includes('device'))).toBe(
      false,
    )
    const { cookies } = await signIn('192.0.2.9', email, TEST_PASSWORD)
    const line = deviceOf(cookies)
    expect(line).toMatch(/^postkey\.device=[\w.-]+; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/)
    const [, payload] = valueOf(line).split('.')
    expect(Buffer.from(payload!, 'base64url').toString()).not.toContain(email)
    expect(await sessionStatus(cookies.map(valueOf).join('; '))).toBe(200)
    expect(await sessionStatus(valueOf(line))).toBe(401)
  })
})
