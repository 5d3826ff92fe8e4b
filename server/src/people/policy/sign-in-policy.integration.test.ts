/** The sign-in policy, through the rooms and routes as the server composes them. */
import { URI, type TOTP } from 'otpauth'
import { beforeEach, describe, expect, it } from 'vitest'
import { newId, type IdentityProviderId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'
import {
  createLockQueue,
  createTestApp,
  createTestClock,
  readCookie,
  TEST_PASSWORD,
  testDatabase,
  type Answer,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const { db } = database
const { hold, waiting } = createLockQueue(database)
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock, { sessionClock: clock })
const { people } = rooms
type Member = Awaited<ReturnType<typeof person>>

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const codeOf = ({ body }: Answer) => (body as { code?: string } | undefined)?.code
const at = (member: { id: string }) => `/v1/people/${member.id}`

/** Adds an authenticator app, and returns a function that signs in with it. */
async function withApp(member: Member) {
  const { body } = await ask('POST /v1/account/authenticator-app', { as: member })
  const app = URI.parse((body as { uri: string }).uri) as TOTP
  const code = () => app.generate({ timestamp: clock.now().getTime() })
  const confirmed = await ask('POST /v1/account/authenticator-app/confirm', { as: member, body: { code: code() } })
  expect(confirmed.status, confirmed.text).toBe(200)
  return async () => {
    clock.advance(60_000)
    const first = await enterPassword(member)
    expect(codeOf(first)).toBe('people.second_factor_needed')
    const cookie = readCookie(first)
    const opened = await ask('POST /v1/session/second-step', { as: { cookie }, body: { code: code() } })
    expect(opened.status, opened.text).toBe(200)
    return { ...member, cookie: readCookie(opened) }
  }
}

const enterPassword = ({ email }: { email: string }, password = TEST_PASSWORD) =>
  ask('POST /v1/session', { body: { email, password }, remoteAddress: '192.0.2.200' })

const isSignedIn = async (as: Member) => (await ask('GET /v1/people', { as })).status === 200

async function signedInByProvider(member: Member): Promise<Member> {
  const provider = await db.selectFrom('identity_providers').select('id').executeTakeFirst()
  if (provider) await link(member, provider.id)
  const opened = await people.sessions.open(member.id, { method: 'openid' }, { clientAddress: '192.0.2.7' })
  return { ...member, cookie: opened.setCookies.map((line) => line.split(';')[0]).join('; ') }
}

async function enableProvider(): Promise<IdentityProviderId> {
  const id = newId<IdentityProviderId>()
  await db
    .insertInto('identity_providers')
    .values({
      ...{ id, name: 'Contoso', kind: 'openid', issuer: 'https://login.contoso.example', client_id: 'postkey' },
      ...{ admission: 'invited', admin_values: [], agent_values: [], domains: [], is_enabled: true },
      ...{ created_at: clock.now(), updated_at: clock.now() },
    })
    .execute()
  return id
}

async function link(member: Member, identityProviderId: IdentityProviderId) {
  await db
    .insertInto('linked_identities')
    .values({
      ...{ id: newId(), identity_provider_id: identityProviderId, subject: member.id, user_id: member.id },
      ...{ user_name: member.email, admitted_by: 'person', linked_at: clock.now() },
    } as never)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

const change = (as: Member, body: object) => ask('PATCH /v1/sign-in-policy', { as, body })

/** An installation that accepts only providers, with a break-glass admin who has an app. */
async function onlyByProvider() {
  const [glass, agent] = [await person('admin'), await person('agent')]
  const signIn = await withApp(glass)
  const provider = await enableProvider()
  const answer = await change(glass, { breakGlass: { add: [glass.id] }, onlyByProvider: true })
  expect(answer.status, answer.text).toBe(200)
  return { glass, agent, signIn, provider }
}

beforeEach(async () => {
  await database.pool.query(
    'TRUNCATE sign_in_policy, identity_providers, alerts, alert_relay, audit_entries, users CASCADE',
  )
  await database.pool.query(`INSERT INTO alert_relay (host, port, security, from_address, changed_at)
    VALUES ('relay.contoso.example', 587, 'tls', 'postkey@contoso.example', now())`)
  await database.pool.query(`UPDATE migrations SET applied_at = '2020-01-01T00:00:00Z'`)
})

describe('a policy of providers only', () => {
  it('is refused without a break-glass admin, without a provider, and to someone whom it would lock out', async () => {
    const [admin, other] = [await person('admin'), await person('admin')]
    const on = { onlyByProvider: true }
    expect(codeOf(await change(admin, on))).toBe('people.break_glass_missing')
    expect(codeOf(await change(admin, { breakGlass: { add: [admin.id] } }))).toBe('people.break_glass_unfit')
    await withApp(other)
    expect((await change(admin, { breakGlass: { add: [other.id] } })).status).toBe(200)
    expect(codeOf(await change(admin, on))).toBe('people.no_sign_in_provider')
    await enableProvider()
    expect(codeOf(await change(admin, on))).toBe('people.own_way_missing')
    expect((await ask('GET /v1/sign-in-policy', { as: admin })).body).toMatchObject({ onlyByProvider: false })
    expect((await change(await signedInByProvider(admin), on)).body).toMatchObject(on)
  })

  it('is refused when the break-glass admin has lost the factor meanwhile', async () => {
    const [admin, other] = [await person('admin'), await person('admin')]
    await withApp(other)
    await enableProvider()
    await change(admin, { breakGlass: { add: [other.id] } })
    await people.factors.reset(other.id, 'test')
    const answer = await change(await signedInByProvider(admin), { onlyByProvider: true })
    expect(codeOf(answer)).toBe('people.break_glass_missing')
  })

  it('needs a fresh session, and is audited with both states', async () => {
    const { glass } = await onlyByProvider()
    const [entry] = await people.audit.list({ actions: ['sign_in_policy.changed'], limit: 1 })
    expect(entry).toMatchObject({
      actor: `person:${glass.id}`,
      detail: {
        from: { onlyByProvider: false, secondFactorFor: 'admins', breakGlass: [] },
        to: { onlyByProvider: true, secondFactorFor: 'admins', breakGlass: [glass.id] },
      },
    })
    clock.advance(11 * 60_000)
    expect(codeOf(await change(glass, { onlyByProvider: false }))).toBe('http.fresh_sign_in_required')
  })

  it('names who is locked out, and ends the sessions of all others that no provider has opened', async () => {
    const [glass, linked, agent] = [await person('admin'), await person('agent'), await person('agent')]
    await withApp(glass)
    await link(linked, await enableProvider())
    const byProvider = await signedInByProvider(linked)
    await change(glass, { breakGlass: { add: [glass.id] } })
    const preview = await ask('GET /v1/sign-in-policy/preview', { as: glass })
    expect(preview.body).toMatchObject({
      lockedOut: [{ id: agent.id, name: agent.name, email: agent.email }],
      sessions: 2,
    })

    await change(glass, { onlyByProvider: true })
    expect(await Promise.all([glass, byProvider].map(isSignedInAtAll))).toEqual([true, true])
    expect(await Promise.all([linked, agent].map(isSignedInAtAll))).toEqual([false, false])
    const ended = await people.audit.list({ actions: ['session.ended'], limit: 10 })
    expect(ended.map(({ detail }) => detail['reason'])).toEqual(['policy-changed', 'policy-changed'])
  })

  it('refuses a right password, a passkey, links and an invitation, which stay unused, and no wrong password', async () => {
    const agent = await person('agent')
    const forPassword = await people.links.reset(agent.id, 'test')
    const { glass } = await onlyByProvider()
    expect(codeOf(await enterPassword(agent, 'a wrong password'))).toBe('people.wrong_password')
    expect(codeOf(await enterPassword(agent))).toBe('people.provider_required')
    const open = (method: 'passkey' | 'link') => people.sessions.open(agent.id, { method }, { clientAddress: '::1' })
    await expect(open('passkey')).rejects.toMatchObject({ code: 'people.provider_required' })
    await expect(open('link')).rejects.toMatchObject({ code: 'people.provider_required' })

    const invited = { email: 'new@contoso.example', name: 'New', role: 'agent', emailAccountIds: [] } as const
    for (const { url } of [forPassword, await people.links.invite(invited, 'test')]) {
      const token = new URL(url.reveal()).hash.slice(1)
      const accepted = await ask('POST /v1/links/accept', { body: { token, password: 'another good password 7' } })
      expect(codeOf(accepted)).toBe('people.link_needs_provider')
      expect((await ask('POST /v1/links/preview', { body: { token } })).status).toBe(200)
    }
    await change(glass, { onlyByProvider: false })
    expect((await enterPassword(agent)).status).toBe(200)
  })

  it('admits a break-glass admin with both factors, by an entry of its own and an email to all admins', async () => {
    const { glass, signIn } = await onlyByProvider()
    const other = await signedInByProvider(glass)
    await people.people.admit(
      { email: 'second@contoso.example', name: 'Second', role: 'admin', emailAccountIds: [] },
      'test',
      () => Promise.resolve(),
    )
    expect(await people.audit.list({ actions: ['break_glass.used'], limit: 5 })).toEqual([])
    expect(await isSignedIn(await signIn())).toBe(true)
    expect(await people.audit.list({ actions: ['break_glass.used'], limit: 5 })).toMatchObject([
      { subject: other.id, detail: { address: expect.any(String) as string } },
    ])
    const { alerts } = await rooms.alerts.list({ limit: 10 })
    const mail = alerts.find(({ subject }) => subject.includes('break-glass'))
    expect(mail?.deliveries.map(({ recipient }) => recipient).sort()).toEqual(
      [glass.email, 'second@contoso.example'].sort(),
    )
  })

  it('lets no old password confirm a session of a provider, except for break-glass admins', async () => {
    const { glass, agent } = await onlyByProvider()
    const confirm = async (as: Member) => {
      const answer = await ask('POST /v1/session/confirm', {
        as,
        body: { method: 'password', password: TEST_PASSWORD },
      })
      const { body } = await ask('GET /v1/session/confirm', { as })
      return { code: codeOf(answer), methods: (body as { methods: string[] }).methods }
    }
    const member = await signedInByProvider(agent)
    expect(await confirm(member)).toEqual({ code: 'people.provider_required', methods: [] })
    const admin = await signedInByProvider(glass)
    expect(await confirm(admin)).toEqual({ code: 'people.code_missing', methods: ['password'] })
  })

  it.each(['change', 'sign-in'] as const)(
    'leaves no session of a sign-in of the same moment, after the %s',
    async (first) => {
      const [glass, agent] = [await person('admin'), await person('agent')]
      await withApp(glass)
      await enableProvider()
      // Both wait for the row of the person, one behind the other.
      const holder = await hold((tx) => tx.selectFrom('users').where('id', '=', agent.id))
      const begin = {
        change: () => change(glass, { breakGlass: { add: [glass.id] }, onlyByProvider: true }),
        'sign-in': () => enterPassword(agent),
      }
      const one = begin[first]()
      await waiting(1)
      const other = begin[first === 'change' ? 'sign-in' : 'change']()
      await waiting(2)
      await holder.release()
      const [changed, signedIn] = first === 'change' ? [await one, await other] : [await other, await one]
      expect(changed.status, changed.text).toBe(200)
      if (first === 'change') expect(codeOf(signedIn)).toBe('people.provider_required')
      else expect(await isSignedInAtAll({ ...agent, cookie: readCookie(signedIn) })).toBe(false)
    },
  )

  it('leaves a link unused whose use has begun before', async () => {
    const [glass, agent] = [await person('admin'), await person('agent')]
    await withApp(glass)
    await enableProvider()
    const { url } = await people.links.reset(agent.id, 'test')
    const token = new URL(url.reveal()).hash.slice(1)
    const holder = await hold((tx) => tx.selectFrom('person_links').where('user_id', '=', agent.id))
    const accepting = ask('POST /v1/links/accept', { body: { token, password: 'another good password 7' } })
    await waiting(1)
    await change(glass, { breakGlass: { add: [glass.id] }, onlyByProvider: true })
    await holder.release()
    expect(codeOf(await accepting)).toBe('people.link_needs_provider')
    expect((await ask('POST /v1/links/preview', { body: { token } })).status).toBe(200)
  })

  it('makes no link for a password that signs no one in, and ends no session for it', async () => {
    const { glass, agent } = await onlyByProvider()
    const member = await signedInByProvider(agent)
    const answer = await ask(`POST ${at(agent)}/reset-link`, { as: glass })
    expect(codeOf(answer)).toBe('people.password_link_useless')
    expect(await isSignedInAtAll(member)).toBe(true)
    expect((await ask(`POST ${at(glass)}/reset-link`, { as: glass })).status).toBe(201)
  })

  it('is refused to someone whose session a provider has opened, and whose link is gone or disabled', async () => {
    const [admin, glass] = [await person('admin'), await person('admin')]
    await withApp(glass)
    const provider = await enableProvider()
    const member = await signedInByProvider(admin)
    const on = { breakGlass: { add: [glass.id] }, onlyByProvider: true }
    await enableProvider()
    await db.updateTable('identity_providers').set({ is_enabled: false }).where('id', '=', provider).execute()
    expect(codeOf(await change(member, on))).toBe('people.own_way_missing')
    await db.updateTable('identity_providers').set({ is_enabled: true }).where('id', '=', provider).execute()
    await db.deleteFrom('linked_identities').execute()
    expect(codeOf(await change(member, on))).toBe('people.own_way_missing')
    await link(admin, provider)
    expect((await change(member, on)).status).toBe(200)
  })

  it('keeps the last enabled provider, also when two are disabled at once', async () => {
    const { glass, provider } = await onlyByProvider()
    const only = `/v1/identity-providers/${provider}`
    const refusals = [
      await ask(`PATCH ${only}`, { as: glass, body: { isEnabled: false } }),
      await ask(`DELETE ${only}`, { as: glass }),
    ]
    expect(refusals.map(codeOf)).toEqual(['people.last_sign_in_provider', 'people.last_sign_in_provider'])
    const second = await enableProvider()
    const holder = await hold((tx) => tx.selectFrom('sign_in_policy'))
    const disabling = [provider, second].map((id) =>
      ask(`PATCH /v1/identity-providers/${id}`, { as: glass, body: { isEnabled: false } }),
    )
    await waiting(2)
    await holder.release()
    const codes = (await Promise.all(disabling)).map(codeOf)
    expect(codes.filter((code) => code === 'people.last_sign_in_provider')).toHaveLength(1)
    await change(glass, { onlyByProvider: false })
    expect((await ask(`DELETE ${only}`, { as: glass })).status).toBe(204)
  })
})

async function isSignedInAtAll(as: Member): Promise<boolean> {
  return (await ask('GET /v1/session', { as })).status === 200
}

describe('the last break-glass admin', () => {
  it('keeps role and factors while only providers are accepted, also at the command line', async () => {
    const { glass } = await onlyByProvider()
    const other = await signedInByProvider(await admitAdmin())
    const refusals = [
      await ask(`DELETE ${at(glass)}`, { as: other }),
      await ask(`PUT ${at(glass)}/role`, { as: other, body: { role: 'agent' } }),
      await ask(`POST ${at(glass)}/reset-factors`, { as: other }),
      await ask('DELETE /v1/account/authenticator-app', { as: glass }),
      await change(other, { breakGlass: { remove: [glass.id] } }),
    ]
    expect(refusals.map(codeOf)).toEqual(refusals.map(() => 'people.last_break_glass'))
    await expect(people.factors.reset(glass.id, 'cli')).rejects.toMatchObject({ code: 'people.last_break_glass' })
    await people.signInPolicy.change({ onlyByProvider: false }, { actor: 'cli' })
    expect((await ask(`DELETE ${at(glass)}`, { as: other })).status).toBe(204)
  })

  it('can be replaced, and is no exception afterward', async () => {
    const { glass } = await onlyByProvider()
    const second = await signedInByProvider(await admitAdmin())
    await withApp(second)
    // Without a password, the app alone opens nothing.
    expect(codeOf(await change(glass, { breakGlass: { add: [glass.id, second.id] } }))).toBe('people.break_glass_unfit')
    await addPasskey(second)
    expect((await change(glass, { breakGlass: { add: [glass.id, second.id] } })).status).toBe(200)
    expect((await ask(`PUT ${at(glass)}/role`, { as: second, body: { role: 'agent' } })).status).toBe(200)
    const { body } = await ask('GET /v1/sign-in-policy', { as: second })
    expect(body).toMatchObject({ admins: [{ id: second.id, isBreakGlass: true }] })
    expect(codeOf(await enterPassword(glass))).toBe('people.provider_required')
  })
})

describe('a break-glass admin', () => {
  it('without factors is refused a password alone, as long as another one has two factors', async () => {
    const { glass } = await onlyByProvider()
    const second = await signedInByProvider(await admitAdmin())
    await addPasskey(second)
    expect((await change(glass, { breakGlass: { add: [second.id] } })).status).toBe(200)
    // Removed in the database, as by a restored backup.
    await db.deleteFrom('authenticator_apps').execute()
    expect(codeOf(await enterPassword(glass))).toBe('people.provider_required')
    await expect(
      people.sessions.open(glass.id, { method: 'password' }, { clientAddress: '::1' }),
    ).rejects.toMatchObject({ code: 'people.provider_required' })
    await db.deleteFrom('passkeys').execute()
    expect((await enterPassword(glass)).body).toMatchObject({ missingFactor: { isDue: true } })
  })

  it('is none any more once the factors are reset or removed, by an entry', async () => {
    const { glass } = await onlyByProvider()
    const second = await signedInByProvider(await admitAdmin())
    await addPasskey(second)
    await change(glass, { breakGlass: { add: [second.id] } })
    expect((await ask(`POST ${at(glass)}/reset-factors`, { as: second })).status).toBe(204)
    const { body } = await ask('GET /v1/sign-in-policy', { as: second })
    expect((body as { admins: object[] }).admins).toMatchObject([{ isBreakGlass: true }, { isBreakGlass: false }])
    expect(await people.audit.list({ actions: ['break_glass.ended'], limit: 5 })).toMatchObject([
      { actor: `person:${second.id}`, subject: glass.id },
    ])
    expect(codeOf(await enterPassword(glass))).toBe('people.provider_required')
  })

  it('can’t shut themself out, and an old list drops no one', async () => {
    const { glass } = await onlyByProvider()
    const second = await signedInByProvider(await admitAdmin())
    await addPasskey(second)
    await change(glass, { breakGlass: { add: [second.id] } })
    expect(codeOf(await change(glass, { breakGlass: { remove: [glass.id] } }))).toBe('people.own_way_missing')
    expect(await isSignedInAtAll(glass)).toBe(true)
    // From a page that doesn't show the second one yet.
    expect((await change(second, { breakGlass: { add: [glass.id] } })).status).toBe(200)
    await link(glass, (await db.selectFrom('identity_providers').select('id').executeTakeFirstOrThrow()).id)
    expect((await change(glass, { breakGlass: { remove: [glass.id] } })).body).toMatchObject({
      admins: [{ id: second.id, isBreakGlass: true }, { isBreakGlass: false }],
    })
    expect(await isSignedInAtAll(glass)).toBe(false)
  })
})

async function addPasskey({ id }: Member) {
  const passkey = { id: newId(), user_id: id, name: 'Key', public_key: Buffer.from('x'), counter: 0, transports: [] }
  await db
    .insertInto('passkeys')
    .values({ ...passkey, is_synced: false, is_backed_up: false, created_at: clock.now() })
    .execute()
}

async function admitAdmin(): Promise<Member> {
  const email = `admin-${newId()}@contoso.example`
  const admitted = await people.people.admit({ email, name: 'Other', role: 'admin', emailAccountIds: [] }, 'test', () =>
    Promise.resolve(),
  )
  return { ...admitted, cookie: '' }
}

describe('a second factor', () => {
  it('is required of admins a week after the first person, and announced before', async () => {
    const [admin, agent] = [await person('admin'), await person('agent')]
    const requiredFrom = new Date(admin.createdAt.getTime() + 7 * DAY_MS).toISOString()
    const session = (await ask('GET /v1/session', { as: admin })).body
    expect(session).toMatchObject({ missingFactor: { requiredFrom, isDue: false } })
    expect((await ask('GET /v1/session', { as: agent })).body).not.toHaveProperty('missingFactor')

    clock.advance(7 * DAY_MS - HOUR_MS)
    expect(await isSignedIn({ ...admin, cookie: readCookie(await enterPassword(admin)) })).toBe(true)
    clock.advance(HOUR_MS)
    const late = await enterPassword(admin)
    expect(late.body).toMatchObject({ id: admin.id, missingFactor: { requiredFrom, isDue: true } })
    const limited = { ...admin, cookie: readCookie(late) }
    for (const route of ['GET /v1/people', 'GET /v1/events/stream', 'GET /v1/conversations', 'GET /v1/sessions']) {
      expect(await ask(route, { as: limited })).toMatchObject({ status: 403, body: { code: 'people.factor_required' } })
    }
    expect((await enterPassword(agent)).body).not.toHaveProperty('missingFactor')
    expect(await isSignedIn(await signedInByProvider(admin))).toBe(true)

    await withApp(limited)
    expect(await isSignedIn(limited)).toBe(true)
    expect((await ask('DELETE /v1/account/authenticator-app', { as: limited })).status).toBe(204)
    expect(codeOf(await ask('GET /v1/people', { as: limited }))).toBe('people.factor_required')
  })

  it('is required a week after the upgrade of an installation', async () => {
    const admin = await person('admin')
    clock.advance(30 * DAY_MS)
    await database.pool.query('UPDATE migrations SET applied_at = $1', [clock.now()])
    const { body } = await enterPassword(admin)
    const requiredFrom = new Date(clock.now().getTime() + 7 * DAY_MS).toISOString()
    expect(body).toMatchObject({ missingFactor: { requiredFrom, isDue: false } })
  })

  it('is required of everyone at once, of no one, or again of admins', async () => {
    const [admin, agent] = [await person('admin'), await person('agent')]
    const signInAll = async () => {
      const answers = [await enterPassword(admin), await enterPassword(agent)]
      return answers.map(({ body }) => (body as { missingFactor?: { isDue: boolean } }).missingFactor?.isDue ?? false)
    }
    await withApp(admin)
    for (const secondFactorFor of ['admins', 'everyone'] as const) {
      await people.signInPolicy.change({ secondFactorFor }, { actor: 'test' })
    }
    await people.factors.reset(admin.id, 'test')
    expect(await signInAll()).toEqual([true, true])
    await people.signInPolicy.change({ secondFactorFor: 'no-one' }, { actor: 'test' })
    expect(await signInAll()).toEqual([false, false])
    await people.signInPolicy.change({ secondFactorFor: 'admins' }, { actor: 'test' })
    expect(await signInAll()).toEqual([true, false])
  })
})

it('a password of a break-glass admin needs a second factor, even if no one else does', async () => {
  const { glass } = await onlyByProvider()
  // Removed in the database, as by a restored backup.
  await db.deleteFrom('authenticator_apps').execute()
  await people.signInPolicy.change({ secondFactorFor: 'no-one' }, { actor: 'cli' })
  const password = new Secret(TEST_PASSWORD)
  const opened = await people.sessions.signIn({ email: glass.email, password, clientAddress: '192.0.2.9' })
  expect(opened.missingFactor).toMatchObject({ isDue: true })
})
