/** Admission of people by a provider, and links of members, with npm `oidc-provider`. */
import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../kernel/ids.ts'
import { readCookie } from '../../../test/kit/index.ts'
import { createOpenIdStage } from '../../../test/http/openid-stage.ts'
const { ask, person, rooms, database, oidc, admin, id, change, addUser, walk, comeBack, signIn, link } =
  await createOpenIdStage()
const { issuer, clientId, clientSecret } = oidc

describe('admission by a claim', () => {
  it('gives the role of a value, and follows it at each sign-in', async () => {
    await change({
      admission: { kind: 'claim', claim: 'groups', adminValues: ['mail-admins'], agentValues: ['mail-agents'] },
    })
    addUser('ines', ['others', 'mail-agents'])
    expect((await signIn('ines')).person).toMatchObject({ email: 'ines@contoso.example', role: 'agent' })
    addUser('ines', ['mail-agents', 'mail-admins'])
    expect((await signIn('ines')).person).toMatchObject({ role: 'admin' })
    addUser('ines', [])
    expect((await signIn('ines')).code).toBe('identity_providers.unknown_person')
  })

  it('ends the sessions of a person who loses the value, and what only admins have', async () => {
    addUser('ilse', ['mail-admins'])
    const ilse = await signIn('ilse')
    const key = await ask('POST /v1/api-keys', {
      as: ilse,
      body: { name: 'Program', scopes: ['mail:read'], emailAccountIds: 'all' },
    })
    expect(key.status, key.text).toBe(201)
    addUser('ilse', ['others'])
    expect((await signIn('ilse')).code).toBe('identity_providers.unknown_person')
    expect((await ask('GET /v1/session', { as: ilse })).status).toBe(401)
    expect(await rooms.people.people.get(ilse.person.id as PersonId)).toMatchObject({ role: 'agent' })
    const authorization = `Bearer ${(key.body as { secret: string }).secret}`
    expect((await ask('GET /v1/conversations', { as: { authorization } })).status).toBe(401)
    addUser('ilse', ['mail-admins'])
    expect((await signIn('ilse')).person).toMatchObject({ role: 'admin' })
  })

  it.each(['supervisor', 'auditor'] as const)(
    'keeps the role %s that an admin gave, while a value admits',
    async (role) => {
      addUser(role, ['mail-admins'])
      const { person: before } = await signIn(role)
      const body = { role }
      expect((await ask(`PUT /v1/people/${before.id}/role`, { as: admin, body })).status).toBe(200)
      const { person: after, cookie } = await signIn(role)
      expect(after).toMatchObject({ id: before.id, role })
      addUser(role, [])
      expect((await signIn(role)).code).toBe('identity_providers.unknown_person')
      expect((await ask('GET /v1/session', { as: { cookie } })).status).toBe(401)
    },
  )

  it('stays one by the claim when the person links the account again', async () => {
    addUser('ivo', ['mail-agents'])
    const { cookie } = await signIn('ivo')
    expect((await link('ivo', { cookie })).code).toBeUndefined()
    addUser('ivo', [])
    expect((await signIn('ivo')).code).toBe('identity_providers.unknown_person')
  })

  it('refuses users without a value or without a verified address, and never takes over a member', async () => {
    addUser('noah', ['others'])
    expect((await signIn('noah')).code).toBe('identity_providers.unknown_person')
    addUser('olga', ['mail-agents'], false)
    expect((await signIn('olga')).code).toBe('identity_providers.email_unverified')
    addUser('liar', ['mail-admins'])
    oidc.users.get('liar')!.email = admin.email
    expect((await signIn('liar')).code).toBe('identity_providers.not_linked')
  })
})

describe('admission by a domain', () => {
  it('waits for an admin, who chooses the role', async () => {
    await change({ admission: { kind: 'domain', domains: ['Contoso.example'] } })
    addUser('paul', [])
    expect((await signIn('paul')).code).toBe('identity_providers.awaiting_approval')
    const { body } = await ask('GET /v1/admission-requests', { as: admin })
    const [request] = (body as { admissionRequests: { id: string; email: string }[] }).admissionRequests
    expect(request).toMatchObject({ email: 'paul@contoso.example', name: 'User paul' })
    const at = `POST /v1/admission-requests/${request!.id}/approve`
    expect((await ask(at, { as: admin, body: { role: 'agent' } })).status).toBe(201)
    expect((await signIn('paul')).person).toMatchObject({ email: 'paul@contoso.example', role: 'agent' })
    expect((await ask(at, { as: admin, body: { role: 'agent' } })).status).toBe(404)
  })

  it('refuses other domains, and forgets a refused request', async () => {
    addUser('rita', [])
    oidc.users.get('rita')!.email = 'rita@fabrikam.example'
    expect((await signIn('rita')).code).toBe('identity_providers.unknown_person')
    addUser('sven', [])
    await signIn('sven')
    const { body } = await ask('GET /v1/admission-requests', { as: admin })
    const [request] = (body as { admissionRequests: { id: string }[] }).admissionRequests
    expect((await ask(`DELETE /v1/admission-requests/${request!.id}`, { as: admin })).status).toBe(204)
    expect((await ask('GET /v1/admission-requests', { as: admin })).body).toEqual({ admissionRequests: [] })
  })
})

describe('a link of a member', () => {
  async function openSession(of: PersonId) {
    const client = { clientAddress: '127.0.0.1' }
    const { setCookies } = await rooms.people.sessions.open(of, { method: 'passkey' }, client)
    return { cookie: setCookies.map((line) => line.split(';')[0]).join('; ') }
  }

  const linkOf = async (as: { cookie?: string }) =>
    ((await ask('GET /v1/linked-sign-ins', { as })).body as { linkedSignIns: { id: string }[] }).linkedSignIns

  it('is made in their session, and belongs to one person', async () => {
    await change({ admission: { kind: 'invited' } })
    addUser('tina', [])
    const [tina, other] = [await person('agent'), await person('agent')]
    await signIn('tina', { at: 'POST /v1/linked-sign-ins', as: { cookie: tina.cookie! } })
    expect((await signIn('tina')).person).toMatchObject({ id: tina.id })
    const taken = await signIn('tina', { at: 'POST /v1/linked-sign-ins', as: { cookie: other.cookie! } })
    expect(taken.code).toBe('identity_providers.identity_taken')
    const [linked] = await linkOf(tina)
    const elsewhere = await signIn('tina')
    expect((await ask(`DELETE /v1/linked-sign-ins/${linked!.id}`, { as: other })).status).toBe(404)
    expect((await ask(`DELETE /v1/linked-sign-ins/${linked!.id}`, { as: tina })).status).toBe(204)
    expect((await signIn('tina')).code).toBe('identity_providers.unknown_person')
    // The session of the removed account has ended, too.
    expect((await ask('GET /v1/session', { as: elsewhere })).status).toBe(401)
    expect((await ask('GET /v1/session', { as: tina })).status).toBe(200)
  })

  it('can’t be completed after the end of the session that began it', async () => {
    addUser('toni')
    const toni = await person('agent')
    const begun = { at: 'POST /v1/linked-sign-ins', as: { cookie: toni.cookie! } }
    const ended = await walk('toni', begun)
    await ask('DELETE /v1/session', { as: toni })
    expect((await comeBack(ended.redirect, ended.browser)).code).toBe('identity_providers.session_ended')

    const again = await openSession(toni.id)
    const replaced = await walk('toni', { ...begun, as: again })
    await rooms.people.sessions.endAll(toni.id, 'test')
    const { cookie } = await openSession(toni.id)
    const browser = { cookie: `${replaced.browser.cookie.split('; ').at(-1)}; ${cookie}` }
    expect((await comeBack(replaced.redirect, browser)).code).toBe('identity_providers.session_ended')
    expect(await linkOf({ cookie })).toEqual([])
  })

  it('is announced to the person by email, and so is its removal', async () => {
    await database.pool.query(`INSERT INTO alert_relay (host, port, security, from_address, changed_at)
      VALUES ('relay.contoso.example', 587, 'tls', 'postkey@contoso.example', now())`)
    addUser('tara')
    const tara = await person('agent')
    await link('tara', tara)
    const [linked] = await linkOf(tara)
    await ask(`DELETE /v1/linked-sign-ins/${linked!.id}`, { as: tara })
    const { alerts } = await rooms.alerts.list({ limit: 50 })
    const mine = alerts.filter(({ deliveries }) => deliveries.some(({ recipient }) => recipient === tara.email))
    expect(mine.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([
        '[Postkey] A sign-in was linked to your account',
        '[Postkey] A sign-in was unlinked from your account',
      ]),
    )
    expect(mine.find(({ subject }) => subject.includes('was linked'))!.text).toContain(
      'The account tara@contoso.example at Contoso login',
    )
  })

  it('can’t be removed while nothing else signs the person in, and a removal names them beforehand', async () => {
    addUser('uwe', [])
    const { url } = await rooms.people.links.invite(
      { email: 'uwe@contoso.example', name: 'Uwe', role: 'agent', emailAccountIds: [] },
      'test',
    )
    const invitation = new URL(url.reveal()).hash.slice(1)
    const begun = await ask('POST /v1/openid-sign-ins', { body: { identityProviderId: id, invitation } })
    const { pathname, search } = await oidc.signIn((begun.body as { url: string }).url, 'uwe')
    const uwe = { cookie: readCookie(await ask(`GET ${pathname}${search}`, { as: { cookie: readCookie(begun) } })) }
    const [linked] = await linkOf(uwe)
    expect(await ask(`DELETE /v1/linked-sign-ins/${linked!.id}`, { as: uwe })).toMatchObject({
      body: { code: 'identity_providers.last_sign_in' },
    })
    const { body } = await ask(`GET /v1/identity-providers/${id}/removal`, { as: admin })
    const { stranded } = body as { stranded: { name: string }[] }
    expect(stranded.map(({ name }) => name)).toContain('Uwe')
    expect(stranded.map(({ name }) => name)).not.toContain(admin.name)
  })
})

describe('a provider', () => {
  it('is refused for a Microsoft issuer of all tenants, and enabled only if it answers', async () => {
    const add = (wanted: string) =>
      ask('POST /v1/identity-providers', {
        as: admin,
        body: { name: 'Other', client: { issuer: wanted, clientId, clientSecret } },
      })
    // The cloud of the test lies at this origin.
    expect((await add('http://localhost:9/common/v2.0')).body).toMatchObject({
      code: 'identity_providers.tenant_missing',
    })
    const silent = (await add('http://localhost:9/realms/team')).status
    expect(silent).toBe(422)
    const wrong = (await add(`${issuer}/elsewhere`)).body as { id: string }
    const enabled = await ask(`PATCH /v1/identity-providers/${wrong.id}`, { as: admin, body: { isEnabled: true } })
    expect(enabled.body).toMatchObject({ code: 'identity_providers.discovery_invalid' })
    const { body } = await ask('GET /v1/sign-in-options')
    expect(body).toEqual({ identityProviders: [{ id, name: 'Contoso login', kind: 'openid' }] })
    expect(JSON.stringify((await ask('GET /v1/identity-providers', { as: admin })).body)).not.toContain(clientSecret)
  })
})
