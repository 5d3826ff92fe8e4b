/** Rules for adding and removing one's own factors, through the routes. */
import { URI, type TOTP } from 'otpauth'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createSoftwareAuthenticator,
  createTestApp,
  createTestClock,
  storeLinkedIdentity,
  TEST_PASSWORD,
  testDatabase,
  type Answer,
  type ShownBy,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, publicUrl, rooms } = await createTestApp(database, clock, { sessionClock: clock })
const { people } = rooms
await person('admin')
const MINUTE_MS = 60_000
const BROWSER = `postkey.browser=${'b'.repeat(43)}`
beforeEach(() => database.pool.query('DELETE FROM sign_in_attempts'))

const codeFrom = ({ body }: Answer) => (body as { code?: string }).code

async function member() {
  const { cookie, ...of } = await person('agent')
  return { ...of, as: { cookie: `${cookie!}; ${BROWSER}` } }
}

/** Another session of the same person. */
async function anotherSession({ id }: Pick<Awaited<ReturnType<typeof member>>, 'id'>): Promise<ShownBy> {
  const { setCookies } = await people.sessions.open(id, { method: 'openid' }, { clientAddress: '192.0.2.1' })
  return { cookie: setCookies.map((line) => line.split(';')[0]).join('; ') }
}

async function beginApp(as: ShownBy): Promise<TOTP> {
  const { body } = await ask('POST /v1/account/authenticator-app', { as })
  return URI.parse((body as { uri: string }).uri) as TOTP
}

const codeOf = (app: TOTP) => app.generate({ timestamp: clock.now().getTime() })
const enterFirstCode = (as: ShownBy, code: string) =>
  ask('POST /v1/account/authenticator-app/confirm', { as, body: { code } })

async function addPasskey(as: ShownBy): Promise<string> {
  const { body } = await ask('POST /v1/account/passkeys/options', { as })
  const response = createSoftwareAuthenticator(publicUrl).create(body as { challenge: string; user: { id: string } })
  const added = await ask('POST /v1/account/passkeys', { as, body: { name: 'Laptop', response } })
  return (added.body as { passkey: { id: string } }).passkey.id
}

const removePasskey = (as: ShownBy, id: string) => ask(`DELETE /v1/account/passkeys/${id}`, { as })

describe('a new authenticator app', () => {
  it('is refused after ten wrong codes, which do not count for sign-ins', async () => {
    const { as, email, id } = await member()
    const app = await beginApp(as)
    for (let n = 0; n < 10; n++) expect(codeFrom(await enterFirstCode(as, '12345'))).toBe('people.wrong_code')
    const refused = await enterFirstCode(as, codeOf(app))
    expect(refused).toMatchObject({ status: 429, body: { code: 'people.too_many_tries' } })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await people.factors.list(id)).appInUseSince).toBeUndefined()
    expect((await ask('POST /v1/session', { body: { email, password: TEST_PASSWORD } })).status).toBe(200)
  })

  it('ends after ten minutes', async () => {
    const { as } = await member()
    const app = await beginApp(as)
    clock.advance(10 * MINUTE_MS)
    await ask('POST /v1/session/confirm', { as, body: { method: 'password', password: TEST_PASSWORD } })
    expect(codeFrom(await enterFirstCode(as, codeOf(app)))).toBe('people.factor_not_found')
    expect((await enterFirstCode(as, codeOf(await beginApp(as)))).status).toBe(200)
  })

  it('ends with its session, and is not completed in another one', async () => {
    const { as, id } = await member()
    const app = await beginApp(as)
    expect(codeFrom(await enterFirstCode(await anotherSession({ id }), codeOf(app)))).toBe('people.factor_not_found')
    await ask('DELETE /v1/session', { as })
    const left = await database.db.selectFrom('authenticator_apps').select('id').where('user_id', '=', id).execute()
    expect(left).toEqual([])
  })

  it('needs a fresh sign-in for its first code, too', async () => {
    const { as } = await member()
    clock.advance(9 * MINUTE_MS)
    const app = await beginApp(as)
    clock.advance(MINUTE_MS)
    expect(codeFrom(await enterFirstCode(as, codeOf(app)))).toBe('http.fresh_sign_in_required')
  })

  it('stays in use when the session in which it was set up ends', async () => {
    const { as, id } = await member()
    expect((await enterFirstCode(as, codeOf(await beginApp(as)))).status).toBe(200)
    await ask('DELETE /v1/session', { as })
    expect((await people.factors.list(id)).appInUseSince).toBeDefined()
  })

  it('has used its first code up: a sign-in needs another one', async () => {
    const { as, email } = await member()
    const code = codeOf(await beginApp(as))
    expect((await enterFirstCode(as, code)).status).toBe(200)
    const asked = await ask('POST /v1/session', { body: { email, password: TEST_PASSWORD }, as: { cookie: BROWSER } })
    expect(codeFrom(asked)).toBe('people.second_factor_needed')
    const completed = await ask('POST /v1/session/second-step', { body: { code }, as: { cookie: BROWSER } })
    expect(codeFrom(completed)).toBe('people.wrong_code')
  })
})

describe('the last passkey', () => {
  const withoutPassword = (id: string) => database.db.deleteFrom('sign_in_methods').where('user_id', '=', id).execute()

  it('stays for a person without a password, and nothing changes', async () => {
    const { as, id } = await member()
    const passkeys = [await addPasskey(as), await addPasskey(as)]
    await withoutPassword(id)
    expect((await removePasskey(as, passkeys[0]!)).status).toBe(204)
    const other = await anotherSession({ id })
    expect(await removePasskey(as, passkeys[1]!)).toMatchObject({ status: 409, body: { code: 'people.last_sign_in' } })
    expect(await people.factors.list(id)).toMatchObject({ passkeys: [{ id: passkeys[1] }], recoveryCodesLeft: 10 })
    expect((await ask('GET /v1/session', { as: other })).status).toBe(200)
  })

  it('can be removed by a person with a password', async () => {
    const { as } = await member()
    expect((await removePasskey(as, await addPasskey(as))).status).toBe(204)
  })

  it('can be removed by a person who signs in by an enabled provider, and by no other', async () => {
    const { as, id } = await member()
    const passkey = await addPasskey(as)
    await withoutPassword(id)
    const provider = await storeLinkedIdentity(database, id)
    await database.pool.query('UPDATE identity_providers SET is_enabled = false WHERE id = $1', [provider])
    expect((await removePasskey(as, passkey)).status).toBe(409)
    await database.pool.query('UPDATE identity_providers SET is_enabled = true WHERE id = $1', [provider])
    expect((await removePasskey(as, passkey)).status).toBe(204)
  })

  it('and the last link are not removed at the same moment', async () => {
    const { as, id } = await member()
    const passkey = await addPasskey(as)
    await withoutPassword(id)
    await storeLinkedIdentity(database, id)
    const { body } = await ask('GET /v1/linked-sign-ins', { as })
    const [link] = (body as { linkedSignIns: { id: string }[] }).linkedSignIns
    const answers = await Promise.all([
      removePasskey(as, passkey),
      ask(`DELETE /v1/linked-sign-ins/${link!.id}`, { as }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
  })
})

describe('a recovery code', () => {
  it('stays valid when its audit entry cannot be written', async () => {
    const { as, email } = await member()
    const added = await enterFirstCode(as, codeOf(await beginApp(as)))
    const [code] = (added.body as { recoveryCodes: string[] }).recoveryCodes
    await ask('POST /v1/session', { body: { email, password: TEST_PASSWORD }, as: { cookie: BROWSER } })
    const use = () => ask('POST /v1/session/second-step', { body: { code }, as: { cookie: BROWSER } })
    await database.pool.query('ALTER TABLE audit_entries RENAME TO away')
    const failed = await use()
    await database.pool.query('ALTER TABLE away RENAME TO audit_entries')
    expect(failed.status).toBeGreaterThanOrEqual(500)
    expect((await use()).status).toBe(200)
    const entries = await people.audit.list({ limit: 20 })
    expect(entries.filter(({ action }) => action === 'recovery_code.used').map(({ detail }) => detail)).toEqual([
      { left: 9 },
    ])
  })
})
