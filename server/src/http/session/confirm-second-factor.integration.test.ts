/** Confirmation by people with a second factor: neither a password nor a code alone makes a session fresh. */
import { URI, type TOTP } from 'otpauth'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createSoftwareAuthenticator,
  createTestApp,
  createTestClock,
  TEST_PASSWORD,
  testDatabase,
  type ShownBy,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, publicUrl, rooms } = await createTestApp(database, clock, { sessionClock: clock })
await person('admin')
const TEN_MINUTES_MS = 10 * 60_000
const BROWSER = `postkey.browser=${'b'.repeat(43)}`
beforeEach(() => database.pool.query('DELETE FROM sign_in_attempts'))

async function member() {
  const { cookie, ...of } = await person('agent')
  return { ...of, as: { cookie: `${cookie!}; ${BROWSER}` } }
}

async function addApp(as: ShownBy) {
  const { body } = await ask('POST /v1/account/authenticator-app', { as })
  const app = URI.parse((body as { uri: string }).uri) as TOTP
  const code = app.generate({ timestamp: clock.now().getTime() })
  const { body: added } = await ask('POST /v1/account/authenticator-app/confirm', { as, body: { code } })
  return { app, recoveryCodes: (added as { recoveryCodes: string[] }).recoveryCodes }
}

async function addPasskey(as: ShownBy) {
  const key = createSoftwareAuthenticator(publicUrl)
  const { body } = await ask('POST /v1/account/passkeys/options', { as })
  const options = body as { challenge: string; user: { id: string } }
  const added = await ask('POST /v1/account/passkeys', { as, body: { name: 'Laptop', response: key.create(options) } })
  return { key, recoveryCodes: (added.body as { recoveryCodes: string[] }).recoveryCodes }
}

async function passkeyOptions(as: ShownBy, at = 'POST /v1/session/confirm/passkey-options') {
  return (await ask(at, { as })).body as { challenge: string; allowCredentials: { id: string }[] }
}

const options = async (as: ShownBy) => (await ask('GET /v1/session/confirm', { as })).body
const confirm = (as: ShownBy, body: object) => ask('POST /v1/session/confirm', { as, body })
const byPassword = (as: ShownBy, code?: string, password = TEST_PASSWORD) =>
  confirm(as, { method: 'password', password, ...(code !== undefined && { code }) })
const isFresh = async (as: ShownBy) => (await ask('POST /v1/account/passkeys/options', { as })).status === 200

describe('a confirmation by a person with a second factor', () => {
  it('needs a code beside the password: of the app or a recovery code, each once', async () => {
    const { as } = await member()
    const { app, recoveryCodes } = await addApp(as)
    clock.advance(TEN_MINUTES_MS)
    expect(await options(as)).toEqual({ methods: ['password'], codes: ['totp', 'recovery-code'] })
    expect(await byPassword(as)).toMatchObject({
      ...{ status: 422, body: { code: 'people.code_missing', faults: [{ field: 'body.code' }] } },
    })
    expect(await byPassword(as, '12345')).toMatchObject({ status: 422, body: { code: 'people.wrong_code' } })
    expect(await isFresh(as)).toBe(false)

    const code = app.generate({ timestamp: clock.now().getTime() })
    expect(await byPassword(as, code, 'wrong')).toMatchObject({ body: { code: 'people.current_password_wrong' } })
    expect(await isFresh(as)).toBe(false)
    // The wrong password has not used it up.
    expect((await byPassword(as, code)).status).toBe(204)

    clock.advance(TEN_MINUTES_MS)
    expect((await byPassword(as, code)).status).toBe(422)
    expect((await byPassword(as, recoveryCodes[0])).status).toBe(204)
    clock.advance(TEN_MINUTES_MS)
    expect((await byPassword(as, recoveryCodes[0])).status).toBe(422)
    expect(await isFresh(as)).toBe(false)
  })

  it('counts wrong codes, and records them for the person', async () => {
    const { as, id } = await member()
    const { app } = await addApp(as)
    clock.advance(TEN_MINUTES_MS)
    for (let n = 0; n < 10; n++) expect((await byPassword(as, '12345')).status).toBe(422)
    const code = app.generate({ timestamp: clock.now().getTime() })
    expect(await byPassword(as, code)).toMatchObject({ status: 429, body: { code: 'people.too_many_tries' } })
    const entries = await rooms.people.audit.list({ subject: id, limit: 2 })
    expect(entries).toContainEqual(
      expect.objectContaining({ actor: `person:${id}`, action: 'sign_in.failed', detail: expect.objectContaining({ use: 'confirmation' }) as object }), // prettier-ignore
    )
  })

  it('is complete with a passkey, which comes first', async () => {
    const { as } = await member()
    const { key, recoveryCodes } = await addPasskey(as)
    clock.advance(TEN_MINUTES_MS)
    expect(await options(as)).toEqual({ methods: ['passkey', 'password'], codes: ['recovery-code'] })
    expect((await byPassword(as)).status).toBe(422)
    const { challenge, allowCredentials } = await passkeyOptions(as)
    expect(allowCredentials.map(({ id }) => id)).toEqual([key.id])
    expect((await confirm(as, { method: 'passkey', response: key.sign({ challenge, counter: 1 }) })).status).toBe(204)
    expect(await isFresh(as)).toBe(true)

    // Without a passkey at hand.
    clock.advance(TEN_MINUTES_MS)
    expect((await byPassword(as, recoveryCodes[1])).status).toBe(204)
    expect(await isFresh(as)).toBe(true)
  })

  it('refuses a passkey of another person, an answer for a sign-in, and an answer that was used', async () => {
    const [ada, ben] = [await member(), await member()]
    const { key } = await addPasskey(ada.as)
    const other = await addPasskey(ben.as)
    clock.advance(TEN_MINUTES_MS)
    const refused = { status: 422, body: { code: 'people.passkey_refused' } }
    const by = async (response: object) => confirm(ada.as, { method: 'passkey', response })
    const { challenge } = await passkeyOptions(ada.as)
    expect(await by(other.key.sign({ challenge, counter: 1 }))).toMatchObject(refused)
    const forSignIn = await passkeyOptions(ada.as, 'POST /v1/session/passkey/options')
    expect(await by(key.sign({ challenge: forSignIn.challenge, counter: 1 }))).toMatchObject(refused)
    const forBen = await passkeyOptions(ben.as)
    expect(await by(key.sign({ challenge: forBen.challenge, counter: 1 }))).toMatchObject(refused)
    expect(await isFresh(ada.as)).toBe(false)

    const answer = key.sign({ challenge, counter: 1 })
    expect((await by(answer)).status).toBe(204)
    clock.advance(TEN_MINUTES_MS)
    expect(await by(answer)).toMatchObject(refused)
    expect(await isFresh(ada.as)).toBe(false)
  })

  it('does not offer the password when no code is left for it', async () => {
    const { as, id } = await member()
    await addPasskey(as)
    await database.db.deleteFrom('recovery_codes').where('user_id', '=', id).execute()
    expect(await options(as)).toEqual({ methods: ['passkey'], codes: [] })
    clock.advance(TEN_MINUTES_MS)
    expect((await byPassword(as)).status).toBe(422)
    expect(await isFresh(as)).toBe(false)
  })

  it('is not replaced by a change of the password', async () => {
    const { as, email } = await member()
    await addApp(as)
    clock.advance(TEN_MINUTES_MS)
    const body = { currentPassword: TEST_PASSWORD, password: 'nine horses by a lake' }
    const changed = await ask('PUT /v1/session/password', { as, body })
    expect(changed.status).toBe(204)
    const cookie = [changed.headers['set-cookie']].flat().map((line) => String(line).split(';')[0]).join('; ') // prettier-ignore
    expect(await ask('GET /v1/session', { as: { cookie } })).toMatchObject({ status: 200, body: { email } })
    expect(await isFresh({ cookie })).toBe(false)
  })
})
