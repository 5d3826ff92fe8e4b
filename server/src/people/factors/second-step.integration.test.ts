/** Sign-in in two steps, through the rooms and routes as the server composes them. */
import { URI, type TOTP } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../kernel/secret.ts'
import { TEXTS } from '../texts.ts'
import {
  createTestApp,
  createTestClock,
  TEST_PASSWORD,
  testDatabase,
  type Answer,
  type ShownBy,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { people } = rooms
const STEP_MS = 30_000
await person('admin')
const HOME = '192.0.2.1'
const ATTACKER = '198.51.100.1'

type Member = Awaited<ReturnType<typeof person>>

/** The code that an app shows now, or `steps` later. */
const codeOf = (app: TOTP, steps = 0) => app.generate({ timestamp: clock.now().getTime() + steps * STEP_MS })

async function setUpApp(as: ShownBy) {
  const { body } = await ask('POST /v1/account/authenticator-app', { as })
  const { uri, secret } = body as { uri: string; secret: string }
  const app = URI.parse(uri) as TOTP
  expect(app.secret.base32).toBe(secret)
  const confirmed = await ask('POST /v1/account/authenticator-app/confirm', { as, body: { code: codeOf(app) } })
  expect(confirmed.status, confirmed.text).toBe(200)
  const { recoveryCodes = [] } = confirmed.body as { recoveryCodes?: string[] }
  clock.advance(2 * STEP_MS)
  return { app, recoveryCodes }
}

async function memberWithApp(): Promise<Member & { app: TOTP; recoveryCodes: string[] }> {
  const member = await person('agent')
  return { ...member, ...(await setUpApp(member)) }
}

/** The cookies of a browser after an answer. */
function cookiesOf({ headers }: Answer, before = ''): string {
  const jar = new Map(before.split('; ').filter(Boolean).map((pair) => [pair.split('=')[0]!, pair] as const)) // prettier-ignore
  for (const line of [headers['set-cookie'] ?? []].flat()) {
    const pair = String(line).split(';')[0]!
    jar.set(pair.split('=')[0]!, pair)
  }
  return [...jar.values()].join('; ')
}

const enterPassword = ({ email }: { email: string }, cookie?: string) =>
  ask('POST /v1/session', { body: { email, password: TEST_PASSWORD }, ...(cookie && { as: { cookie } }), remoteAddress: HOME }) // prettier-ignore

/** Enters the password in a new browser, and returns its cookies. */
async function firstStep(member: { email: string }): Promise<string> {
  const answer = await enterPassword(member)
  expect(answer).toMatchObject({ status: 401, body: { code: 'people.second_factor_needed' } })
  return cookiesOf(answer)
}

const secondStep = (cookie: string | undefined, code: string, remoteAddress = HOME) =>
  ask('POST /v1/session/second-step', { body: { code }, ...(cookie && { as: { cookie } }), remoteAddress })

const codeFrom = ({ body }: Answer) => (body as { code?: string }).code

describe('a person with an authenticator app', () => {
  it('has no session after the password, and one after a code in the same browser', async () => {
    const { app, ...member } = await memberWithApp()
    const cookie = await firstStep(member)
    expect(cookie).not.toContain('session_token')
    expect((await ask('GET /v1/session', { as: { cookie } })).status).toBe(401)
    const steps = await ask('GET /v1/session/second-step', { as: { cookie } })
    expect(steps).toMatchObject({ status: 200, body: { steps: ['totp', 'recovery-code'] } })

    const opened = await secondStep(cookie, codeOf(app))
    expect(opened).toMatchObject({ status: 200, body: { id: member.id } })
    const session = await people.sessions.find(cookiesOf(opened, cookie))
    expect(session).toMatchObject({ person: { id: member.id }, session: { method: 'password' } })
    const row = await database.db.selectFrom('sessions').select('second_factor').where('id', '=', session!.session.id)
      .executeTakeFirstOrThrow() // prettier-ignore
    expect(row.second_factor).toBe('totp')
  })

  it('can use a code once, also when it is sent twice at the same time, and no earlier one afterwards', async () => {
    const { app, ...member } = await memberWithApp()
    const [first, second] = [await firstStep(member), await firstStep(member)]
    const code = codeOf(app)
    const answers = await Promise.all([secondStep(first, code), secondStep(second, code)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
    const [cookie] = [await firstStep(member)]
    for (const steps of [0, -1])
      expect(codeFrom(await secondStep(cookie, codeOf(app, steps)))).toBe('people.wrong_code')
    expect((await secondStep(cookie, codeOf(app, 1))).status).toBe(200)
  })

  it('can use the code of the step before or after, and none that is older or newer', async () => {
    const { app, ...member } = await memberWithApp()
    const cookie = await firstStep(member)
    for (const steps of [-2, 2])
      expect(codeFrom(await secondStep(cookie, codeOf(app, steps)))).toBe('people.wrong_code')
    expect((await secondStep(cookie, codeOf(app, -1))).status).toBe(200)
    clock.advance(STEP_MS)
    expect((await secondStep(await firstStep(member), codeOf(app, 1))).status).toBe(200)
  })

  it('cannot use the code of another person', async () => {
    const [ada, ben] = [await memberWithApp(), await memberWithApp()]
    const cookie = await firstStep(ada)
    expect(codeFrom(await secondStep(cookie, codeOf(ben.app)))).toBe('people.wrong_code')
    expect(codeFrom(await secondStep(cookie, ben.recoveryCodes[0]!))).toBe('people.wrong_code')
  })

  it('can replace the app; the earlier one is valid until the first code of the new one', async () => {
    const { app, ...member } = await memberWithApp()
    const { body } = await ask('POST /v1/account/authenticator-app', { as: member })
    const next = URI.parse((body as { uri: string }).uri) as TOTP
    const cookie = await firstStep(member)
    expect(codeFrom(await secondStep(cookie, codeOf(next)))).toBe('people.wrong_code')
    expect((await secondStep(cookie, codeOf(app))).status).toBe(200)

    const confirm = (code: string) => ask('POST /v1/account/authenticator-app/confirm', { as: member, body: { code } })
    expect(codeFrom(await confirm(codeOf(app, 1)))).toBe('people.wrong_code')
    // Recovery codes stay valid.
    expect((await confirm(codeOf(next))).body).toEqual({})
    clock.advance(2 * STEP_MS)
    const later = await firstStep(member)
    expect(codeFrom(await secondStep(later, codeOf(app)))).toBe('people.wrong_code')
    expect((await secondStep(later, codeOf(next))).status).toBe(200)
  })

  it('is asked for it after a link for a new password, too', async () => {
    const { app, ...member } = await memberWithApp()
    const link = await people.links.reset(member.id, 'test')
    const token = new URL(link.url.reveal()).hash.slice(1)
    const accepted = await ask('POST /v1/links/accept', { body: { token, password: 'another horse battery' } })
    expect(accepted).toMatchObject({ status: 401, body: { code: 'people.second_factor_needed' } })
    const opened = await secondStep(cookiesOf(accepted), codeOf(app))
    const { session } = (await people.sessions.find(cookiesOf(opened)))!
    expect(session.method).toBe('link')
  })

  it('needs only the password after the app was removed, and other sessions end', async () => {
    const { app, ...member } = await memberWithApp()
    const other = await firstStep(member)
    const otherSession = cookiesOf(await secondStep(other, codeOf(app)), other)
    const pending = await firstStep(member)
    expect((await ask('DELETE /v1/account/authenticator-app', { as: member })).status).toBe(204)
    expect((await ask('GET /v1/session', { as: { cookie: otherSession } })).status).toBe(401)
    expect(codeFrom(await secondStep(pending, codeOf(app, 1)))).toBe('people.sign_in_expired')
    const { body } = await ask('GET /v1/account/factors', { as: member })
    expect(body).toEqual({ passkeys: [], recoveryCodesLeft: 0 })
    expect((await enterPassword(member)).status).toBe(200)
    expect(codeFrom(await ask('DELETE /v1/account/authenticator-app', { as: member }))).toBe('people.factor_not_found')
  })
})

describe('a sign-in that needs a second step', () => {
  it('is completed once, and only in the browser that began it', async () => {
    const { app, ...member } = await memberWithApp()
    const cookie = await firstStep(member)
    const stranger = await firstStep(await memberWithApp())
    for (const other of [undefined, 'postkey.browser=' + 'x'.repeat(43)]) {
      expect(codeFrom(await secondStep(other, codeOf(app)))).toBe('people.sign_in_expired')
    }
    expect(codeFrom(await secondStep(stranger, codeOf(app)))).toBe('people.wrong_code')
    expect((await secondStep(cookie, codeOf(app))).status).toBe(200)
    expect(codeFrom(await secondStep(cookie, codeOf(app, 1)))).toBe('people.sign_in_expired')
  })

  it('opens one session when two valid codes are sent at the same time', async () => {
    const { app, recoveryCodes, ...member } = await memberWithApp()
    const cookie = await firstStep(member)
    const codes = [codeOf(app), ...recoveryCodes.slice(0, 3)]
    const answers = await Promise.all(codes.map((code) => secondStep(cookie, code)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410])
  })

  it('expires after five minutes', async () => {
    const { app, ...member } = await memberWithApp()
    const cookie = await firstStep(member)
    clock.advance(5 * 60_000 - 1)
    expect((await ask('GET /v1/session/second-step', { as: { cookie } })).status).toBe(200)
    clock.advance(1)
    expect(codeFrom(await secondStep(cookie, codeOf(app)))).toBe('people.sign_in_expired')
    expect(codeFrom(await ask('GET /v1/session/second-step', { as: { cookie } }))).toBe('people.sign_in_expired')
  })

  it('is limited by wrong codes, which lock out neither a known device nor a recovery code', async () => {
    const { app, recoveryCodes, ...member } = await memberWithApp()
    const home = await firstStep(member)
    const known = cookiesOf(await secondStep(home, codeOf(app)), home)
    const cookie = await firstStep(member)
    let refused: Answer | undefined
    for (let n = 0; n < 11; n++) refused = await secondStep(cookie, '000000', ATTACKER)
    expect(refused).toMatchObject({ status: 429, body: { code: 'people.too_many_tries' } })
    expect(Number(refused!.headers['retry-after'])).toBeGreaterThan(0)
    // Another network has its own limit, up to 50 codes of an account in a day.
    for (let n = 0; n < 45; n++) refused = await secondStep(cookie, '000000', `203.0.113.${n}`)
    expect(refused!.status).toBe(429)
    clock.advance(STEP_MS)
    expect((await secondStep(cookie, codeOf(app), HOME)).status).toBe(429)

    const atHome = cookiesOf(await enterPassword(member, known), known)
    expect((await secondStep(atHome, codeOf(app))).status).toBe(200)
    expect((await secondStep(cookie, recoveryCodes[0]!)).status).toBe(200)
  })
})

describe('recovery codes', () => {
  it('are ten, work once each, in any case and without hyphens, and the person is emailed', async () => {
    await database.pool.query(`INSERT INTO alert_relay (host, port, security, from_address, changed_at)
      VALUES ('relay.contoso.example', 587, 'tls', 'postkey@contoso.example', now())`)
    const { recoveryCodes, ...member } = await memberWithApp()
    expect(new Set(recoveryCodes).size).toBe(10)
    for (const code of recoveryCodes) expect(code).toMatch(/^([2-9a-hjkmnp-z]{4}-){3}[2-9a-hjkmnp-z]{4}$/)
    const typed = recoveryCodes[0]!.toUpperCase().replaceAll('-', ' ')
    expect((await secondStep(await firstStep(member), typed)).status).toBe(200)
    expect(codeFrom(await secondStep(await firstStep(member), recoveryCodes[0]!))).toBe('people.wrong_code')
    const { body } = await ask('GET /v1/account/factors', { as: member })
    expect(body).toMatchObject({ recoveryCodesLeft: 9 })
    const { alerts } = await rooms.alerts.list({ limit: 20 })
    const mails = alerts.filter(({ deliveries }) => deliveries[0]?.recipient === member.email)
    expect(mails.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([TEXTS.securityNews.totp_added.subject, TEXTS.securityNews.recovery_code_used.subject]),
    )
    const entries = await people.audit.list({ subject: member.id, limit: 10 })
    expect(entries.map(({ action, detail }) => [action, detail])).toEqual(
      expect.arrayContaining([
        ['factor.added', { kind: 'authenticator-app' }],
        ['recovery_code.used', { left: 9 }],
      ]),
    )
    for (const stored of [entries, alerts]) {
      for (const code of recoveryCodes) expect(JSON.stringify(stored)).not.toContain(code)
    }
    await database.pool.query('TRUNCATE alert_relay')
  })

  it('are replaced by a new set, and are stored as hashes', async () => {
    const { recoveryCodes, ...member } = await memberWithApp()
    const { body, status } = await ask('POST /v1/account/recovery-codes', { as: member })
    expect(status).toBe(201)
    const [code] = (body as { recoveryCodes: string[] }).recoveryCodes
    expect(codeFrom(await secondStep(await firstStep(member), recoveryCodes[0]!))).toBe('people.wrong_code')
    expect((await secondStep(await firstStep(member), code!)).status).toBe(200)
    const { rows } = await database.pool.query<{ code_hash: Buffer }>('SELECT code_hash FROM recovery_codes')
    for (const { code_hash } of rows) expect(code_hash).toHaveLength(32)
  })

  it('exist only with a factor', async () => {
    const member = await person('agent')
    expect(codeFrom(await ask('POST /v1/account/recovery-codes', { as: member }))).toBe('people.factor_not_found')
    expect(
      codeFrom(await ask('POST /v1/account/authenticator-app/confirm', { as: member, body: { code: '123456' } })),
    ).toBe('people.factor_not_found')
  })
})

it('a person who was removed and invited again has no factor of before', async () => {
  const { email, id } = await memberWithApp()
  await people.people.remove(id, 'test')
  const link = await people.links.invite({ email, name: 'P', role: 'agent', emailAccountIds: [] }, 'test')
  const token = new Secret(new URL(link.url.reveal()).hash.slice(1))
  await people.links.accept(token, { password: new Secret(TEST_PASSWORD) })
  expect((await enterPassword({ email })).status).toBe(200)
})

it('an admin resets the factors of another person, which ends their sessions; an agent cannot', async () => {
  const member = await memberWithApp()
  const pending = await firstStep(member)
  const reset = (as: ShownBy) => ask(`POST /v1/people/${member.id}/reset-factors`, { as })
  expect((await reset(member)).status).toBe(403)
  const admin = await person('admin')
  expect((await reset(admin)).status).toBe(204)
  expect((await ask('GET /v1/session', { as: member })).status).toBe(401)
  expect(codeFrom(await secondStep(pending, member.recoveryCodes[0]!))).toBe('people.sign_in_expired')
  expect((await enterPassword(member)).status).toBe(200)
  const [entry] = await people.audit.list({ subject: member.id, actions: ['factor.reset'], limit: 1 })
  expect(entry).toMatchObject({ actor: `person:${admin.id}` })
})

it('secrets of authenticator apps are sealed', async () => {
  const { app } = await memberWithApp()
  const { rows } = await database.pool.query<{ sealed: Buffer }>('SELECT sealed FROM authenticator_apps')
  for (const { sealed } of rows) expect(sealed.toString('latin1')).not.toContain(app.secret.base32)
})
