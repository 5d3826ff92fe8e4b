/** Passkeys, through the rooms and routes as the server composes them, with an authenticator in software. */
import { describe, expect, it, vi } from 'vitest'
import {
  createSoftwareAuthenticator,
  createTestApp,
  createTestClock,
  TEST_PASSWORD,
  testDatabase,
  type Answer,
  type Ceremony,
  type ShownBy,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms, publicUrl } = await createTestApp(database, clock)
const { people } = rooms
await person('admin')

/** Browser without a sign-in. */
const BROWSER = { cookie: `postkey.browser=${'b'.repeat(43)}` }
const codeFrom = ({ body }: Answer) => (body as { code?: string }).code
const withBrowser = ({ cookie }: ShownBy) => ({ cookie: `${cookie!}; ${BROWSER.cookie}` })

async function creation(as: ShownBy) {
  const { body, status } = await ask('POST /v1/account/passkeys/options', { as })
  expect(status).toBe(200)
  return body as { challenge: string; user: { id: string }; excludeCredentials: { id: string }[]; rp: { id: string } }
}

const add = (as: ShownBy, response: object, name = 'Laptop') =>
  ask('POST /v1/account/passkeys', { as, body: { name, response } })

async function memberWithPasskey() {
  const member = await person('agent')
  const as = withBrowser(member)
  const key = createSoftwareAuthenticator(publicUrl)
  const { challenge, user } = await creation(as)
  const added = await add(as, key.create({ challenge, user }))
  expect(added.status, added.text).toBe(201)
  return { ...member, as, key, ...(added.body as { recoveryCodes: string[]; passkey: { id: string } }) }
}

async function requestChallenge(as: ShownBy = BROWSER): Promise<string> {
  const { body } = await ask('POST /v1/session/passkey/options', { as })
  return (body as { challenge: string }).challenge
}

const signInWith = (response: object, as: ShownBy = BROWSER) =>
  ask('POST /v1/session/passkey', { as, body: { response } })

describe('a passkey', () => {
  it('signs in without an address, counts as both factors, and is listed with its last use', async () => {
    const { key, id, as, recoveryCodes, passkey } = await memberWithPasskey()
    expect(recoveryCodes).toHaveLength(10)
    const { body: options } = await ask('POST /v1/session/passkey/options', { as: BROWSER })
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required', allowCredentials: [] })
    clock.advance(1000)
    const opened = await signInWith(key.sign({ challenge: (options as { challenge: string }).challenge, counter: 1 }))
    expect(opened).toMatchObject({ status: 200, body: { id } })
    const cookie = [opened.headers['set-cookie']].flat().map((line) => String(line).split(';')[0]).join('; ') // prettier-ignore
    expect(await people.sessions.find(cookie)).toMatchObject({ session: { method: 'passkey' } })
    const { body } = await ask('GET /v1/account/factors', { as })
    expect(body).toEqual({
      passkeys: [{ ...passkey, name: 'Laptop', isSynced: false, lastUsedAt: clock.now().toISOString() }],
      recoveryCodesLeft: 10,
    })
    expect((await people.audit.list({ subject: id, limit: 5 })).map(({ action, detail }) => ({ action, detail })))
      .toContainEqual({ action: 'factor.added', detail: { kind: 'passkey', name: 'Laptop' } }) // prettier-ignore
  })

  it('is the second step after a password, and its recovery codes replace it', async () => {
    const { email, key, recoveryCodes } = await memberWithPasskey()
    const answer = await ask('POST /v1/session', { as: BROWSER, body: { email, password: TEST_PASSWORD } })
    expect(codeFrom(answer)).toBe('people.second_factor_needed')
    const steps = await ask('GET /v1/session/second-step', { as: BROWSER })
    expect(steps.body).toMatchObject({ steps: ['passkey', 'recovery-code'] })
    expect((await signInWith(key.sign({ challenge: await requestChallenge() }))).status).toBe(200)
    const second = await ask('POST /v1/session/second-step', { as: BROWSER, body: { code: recoveryCodes[0] } })
    expect(second.status).toBe(200)
  })

  it.each<[string, (challenge: string) => Partial<Ceremony> & { counter?: number; userHandle?: string }]>([
    ['another origin', () => ({ origin: 'http://localhost:8401' })],
    ['another host', () => ({ rpId: 'contoso.example' })],
    ['without verification of the user', () => ({ isVerified: false })],
    ['of another type', () => ({ type: 'webauthn.create' })],
    ['a challenge of its own', () => ({ challenge: Buffer.alloc(54, 1).toString('base64url') })],
    ['a changed challenge', (challenge) => ({ challenge: `${challenge.startsWith('A') ? 'B' : 'A'}${challenge.slice(1)}` })], // prettier-ignore
    ['the handle of another user', () => ({ userHandle: Buffer.from('someone').toString('base64url') })],
  ])('is refused with %s', async (_, changes) => {
    const { key } = await memberWithPasskey()
    const challenge = await requestChallenge()
    expect(codeFrom(await signInWith(key.sign({ challenge, ...changes(challenge) })))).toBe('people.passkey_refused')
    expect((await signInWith(key.sign({ challenge }))).status).toBe(200)
  })

  it('is refused with a challenge of another browser or purpose, an expired one, and one that was used', async () => {
    const { key, as } = await memberWithPasskey()
    const challenge = await requestChallenge()
    const refused = [
      await signInWith(key.sign({ challenge }), { cookie: `postkey.browser=${'c'.repeat(43)}` }),
      await signInWith(key.sign({ challenge }), {}),
      await signInWith(key.sign({ challenge: (await creation(as)).challenge }), as),
    ]
    expect((await signInWith(key.sign({ challenge }))).status).toBe(200)
    refused.push(await signInWith(key.sign({ challenge })))
    const late = await requestChallenge()
    clock.advance(5 * 60_000)
    refused.push(await signInWith(key.sign({ challenge: late })))
    expect(refused.map(codeFrom)).toEqual(Array(5).fill('people.passkey_refused'))
  })

  it('is accepted once of two answers to one challenge at the same time', async () => {
    const { key } = await memberWithPasskey()
    const challenge = await requestChallenge()
    const answers = await Promise.all([1, 2, 3].map(() => signInWith(key.sign({ challenge }))))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422])
  })

  it('is refused after it was copied: its counter does not increase', async () => {
    const { key } = await memberWithPasskey()
    expect((await signInWith(key.sign({ challenge: await requestChallenge(), counter: 5 }))).status).toBe(200)
    for (const counter of [5, 4, 0]) {
      const copied = await signInWith(key.sign({ challenge: await requestChallenge(), counter }))
      expect(codeFrom(copied)).toBe('people.passkey_refused')
    }
    expect((await signInWith(key.sign({ challenge: await requestChallenge(), counter: 6 }))).status).toBe(200)
  })

  it('is renamed and removed by its person only, and a removed one signs in no more', async () => {
    const { key, as, passkey } = await memberWithPasskey()
    const stranger = await person('admin')
    const at = `/v1/account/passkeys/${passkey.id}`
    for (const method of ['PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { name: 'Mine' } : undefined
      expect(codeFrom(await ask(`${method} ${at}`, { as: stranger, body }))).toBe('people.factor_not_found')
    }
    expect((await ask(`PATCH ${at}`, { as, body: { name: 'Phone' } })).body).toMatchObject({ name: 'Phone' })
    const opened = await signInWith(key.sign({ challenge: await requestChallenge() }))
    const other = { cookie: String([opened.headers['set-cookie']].flat()[0]).split(';')[0]! }
    expect((await ask('GET /v1/session', { as: other })).status).toBe(200)
    expect((await ask(`DELETE ${at}`, { as })).status).toBe(204)
    expect((await ask('GET /v1/session', { as: other })).status).toBe(401)
    expect(codeFrom(await signInWith(key.sign({ challenge: await requestChallenge() })))).toBe('people.passkey_refused')
    expect((await ask('GET /v1/account/factors', { as })).body).toEqual({ passkeys: [], recoveryCodesLeft: 0 })
  })

  it('cannot be added by another person or browser, twice, or after 20 others', async () => {
    const { key, as } = await memberWithPasskey()
    const other = withBrowser(await person('agent'))
    const { challenge, user, excludeCredentials } = await creation(as)
    expect(excludeCredentials).toEqual([{ id: key.id, type: 'public-key' }])
    const next = createSoftwareAuthenticator(publicUrl)
    const refused = [
      await add(other, next.create({ challenge, user })),
      await add({ cookie: as.cookie.replace('bbb', 'ccc') }, next.create({ challenge, user })),
      // The passkey of another person.
      await add(other, key.create({ challenge: (await creation(other)).challenge, user })),
    ]
    expect((await add(as, next.create({ challenge, user }), 'Phone')).body).toEqual({
      passkey: expect.objectContaining({ name: 'Phone' }) as unknown,
    })
    refused.push(await add(as, createSoftwareAuthenticator(publicUrl).create({ challenge, user })))
    expect(refused.map(codeFrom)).toEqual(Array(4).fill('people.passkey_refused'))

    await database.pool.query(`INSERT INTO passkeys (id, user_id, name, public_key, counter, transports, is_synced,
      is_backed_up, created_at) SELECT 'extra' || n, user_id, 'Extra', public_key, 0, '{}', false, false, now()
      FROM passkeys, generate_series(1, 18) AS n WHERE id = $1`, [key.id]) // prettier-ignore
    expect(codeFrom(await ask('POST /v1/account/passkeys/options', { as }))).toBe('people.too_many_passkeys')
  })
})

it('a passkey that is removed while it signs in opens no session', async () => {
  const { id, key } = await memberWithPasskey()
  const accept = people.passkeys.accept.bind(people.passkeys)
  vi.spyOn(people.passkeys, 'accept').mockImplementationOnce(async (...given) => {
    const accepted = await accept(...given)
    await database.db.deleteFrom('passkeys').where('user_id', '=', id).execute()
    return accepted
  })
  const refused = await signInWith(key.sign({ challenge: await requestChallenge() }))
  expect(codeFrom(refused)).toBe('people.passkey_refused')
})
