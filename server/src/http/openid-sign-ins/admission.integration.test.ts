/** Admission of people by a provider, and links of members, with npm `oidc-provider`. */
import { describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, readCookie, startOidcIssuer, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const { ask, person, publicUrl, rooms } = await createTestApp(database, createTestClock(new Date()), {
  network: { allowPrivate: (origin) => new URL(origin).hostname === 'localhost' },
})
const oidc = await startOidcIssuer(`${publicUrl.origin}/sign-in/callback`)
const admin = await person('admin')
const { issuer, clientId, clientSecret } = oidc
const created = await ask('POST /v1/identity-providers', {
  as: admin,
  body: { name: 'Contoso login', client: { issuer, clientId, clientSecret } },
})
const { id } = created.body as { id: string }
await change({ isEnabled: true })

async function change(body: object) {
  const answer = await ask(`PATCH /v1/identity-providers/${id}`, { as: admin, body })
  expect(answer.status, answer.text).toBe(200)
}

function addUser(sub: string, groups: readonly string[], isVerified = true) {
  const user = { sub, name: `User ${sub}`, email: `${sub}@contoso.example`, email_verified: isVerified, groups }
  oidc.users.set(sub, user)
}

async function signIn(sub: string, begin = { at: 'POST /v1/openid-sign-ins', as: {} as { cookie?: string } }) {
  const begun = await ask(begin.at, { as: begin.as, body: { identityProviderId: id } })
  expect(begun.status, begun.text).toBe(201)
  const { pathname, search } = await oidc.signIn((begun.body as { url: string }).url, sub)
  const cookie = [begin.as.cookie, readCookie(begun)].filter(Boolean).join('; ')
  const answer = await ask(`GET ${pathname}${search}`, { as: { cookie } })
  const code = /<dd>(\w+\.\w+)<\/dd>/.exec(answer.text)?.[1]
  const session = await ask('GET /v1/session', { as: { cookie: readCookie(answer) } })
  return { code, cookie: readCookie(answer), person: session.body as { id?: string; email?: string; role?: string } }
}

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
    const [link] = await linkOf(tina)
    expect((await ask(`DELETE /v1/linked-sign-ins/${link!.id}`, { as: other })).status).toBe(404)
    expect((await ask(`DELETE /v1/linked-sign-ins/${link!.id}`, { as: tina })).status).toBe(204)
    expect((await signIn('tina')).code).toBe('identity_providers.unknown_person')
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
    const [link] = await linkOf(uwe)
    expect(await ask(`DELETE /v1/linked-sign-ins/${link!.id}`, { as: uwe })).toMatchObject({
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
