/**
 * Sign-in to Postkey by two issuers that share no code with it: the sandbox's Entra ID with the registration of a Cloud
 * Provider, and npm `oidc-provider` with a client of its own. Each with a happy path and eight attacks.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { EVERYTHING_BY_GRAPH } from '../../cloud-providers/index.ts'
import { type IdentityProviderId, newId } from '../../kernel/ids.ts'
import {
  type Answer,
  CONTOSO,
  createConnectingStage,
  FABRIKAM,
  readCookie,
  startOidcIssuer,
} from '../../../test/kit/index.ts'

const stage = await createConnectingStage([], {
  network: { allowPrivate: (origin) => new URL(origin).hostname === 'localhost' },
})
const { ask, admin, database, publicUrl, rooms, sandbox } = stage
const redirectUriOf = (id: IdentityProviderId) => `${publicUrl.origin}/sign-in/callback/${id}`
const [oidcId, otherOidcId] = [newId<IdentityProviderId>(), newId<IdentityProviderId>()]
const oidc = await startOidcIssuer(redirectUriOf(oidcId))
// It also knows the client of the first one, as an attacker would.
const otherOidc = await startOidcIssuer(redirectUriOf(otherOidcId), redirectUriOf(oidcId))
const registration = await stage.registered({ more: { signInAudience: 'AzureADMultipleOrgs' } })

/** An issuer with a user who is linked to a person. `impostor` has the same name and address, but another identity. */
interface World {
  id: IdentityProviderId
  member: string
  /** A user of the organization who isn't a member of the team. */
  stranger: string
  signIn(url: string, user: string): Promise<URL>
  /** The redirect of a user of another organization, for the same authorization request. */
  signInElsewhere(url: string): Promise<URL>
  otherIssuer: string
  /** Signs in a user of another organization whose response is valid, and returns the code of the refusal. */
  foreignUser(): Promise<string>
  /** Makes the issuer give the user with the member's name and address another identity. */
  replaceMember(): Promise<void>
}

const WORK_ORDER = { cloud: 'sandbox', accountTypes: 'single-tenant', ...EVERYTHING_BY_GRAPH } as const
const WORLDS = ['Entra ID', 'oidc-provider'] as const

async function createProvider(name: string, client: object, id = newId<IdentityProviderId>()) {
  const created = await ask('POST /v1/identity-providers', { as: admin, body: { id, name, client } })
  expect(created.status, created.text).toBe(201)
  await change(id, { isEnabled: true })
  return id
}

async function change(id: IdentityProviderId, body: object) {
  const changed = await ask(`PATCH /v1/identity-providers/${id}`, { as: admin, body })
  expect(changed.status, changed.text).toBe(200)
}

const clientOf = ({ issuer, clientId, clientSecret }: typeof oidc) => ({ issuer, clientId, clientSecret })

async function entraWorld(): Promise<World> {
  const cloudProviderId = await stage.addProvider(registration.clientId, registration.secret.value)
  const id = await createProvider('Microsoft', { cloudProviderId })
  const signIn = (url: string, address: string) => stage.atMicrosoft({ url }, address)
  return {
    ...{ id, signIn, member: 'ben@contoso.example', stranger: CONTOSO.admin },
    signInElsewhere: (url) => signIn(url.replace(CONTOSO.tenantId, FABRIKAM.tenantId), FABRIKAM.admin),
    otherIssuer: `${sandbox.login}/${FABRIKAM.tenantId}/v2.0`,
    async foreignUser() {
      const foreign = newId<IdentityProviderId>()
      const { web } = rooms.workOrders.draw(WORK_ORDER).manifest
      const more = { web: { ...web, redirectUris: [redirectUriOf(foreign)] } }
      const { clientId, secret } = await stage.registered({ more })
      const issuer = `${sandbox.login}/${CONTOSO.tenantId.toUpperCase()}/v2.0`
      await createProvider('Fabrikam', { issuer, clientId, clientSecret: secret.value }, foreign)
      // Its tenant is another one than that of the issuer: only the claim `tid` tells them apart.
      await database.db
        .updateTable('identity_providers')
        .set({ tenant_id: FABRIKAM.tenantId })
        .where('id', '=', foreign)
        .execute()
      const { url, browser } = await begin({ id: foreign })
      return refusalOf(await comeBack(await signIn(url, CONTOSO.admin), browser))
    },
    async replaceMember() {
      await database.db
        .updateTable('linked_identities')
        .set({ subject: `${CONTOSO.tenantId}/${randomUUID()}` })
        .where('identity_provider_id', '=', id)
        .execute()
    },
  }
}

async function oidcWorld(): Promise<World> {
  const member = { sub: 'mia-1', name: 'Mia', email: 'mia@contoso.example', email_verified: true }
  const stranger = { sub: 'otto-1', name: 'Otto', email: 'otto@contoso.example', email_verified: false }
  for (const { users } of [oidc, otherOidc]) {
    for (const user of [member, stranger]) users.set(user.sub, user)
  }
  const id = await createProvider('Contoso login', clientOf(oidc), oidcId)
  return {
    ...{ id, member: member.sub, stranger: stranger.sub, otherIssuer: otherOidc.issuer },
    signIn: (url, sub) => oidc.signIn(url, sub),
    signInElsewhere: (url) => otherOidc.signIn(url.replace(oidc.issuer, otherOidc.issuer), member.sub),
    async foreignUser() {
      // The same `sub`, at an enabled provider.
      await createProvider('Fabrikam login', clientOf(otherOidc), otherOidcId)
      const { url, browser } = await begin({ id: otherOidcId })
      return refusalOf(await comeBack(await otherOidc.signIn(url, member.sub), browser))
    },
    async replaceMember() {
      await database.db
        .updateTable('linked_identities')
        .set({ subject: `${oidc.issuer} mia-2` })
        .where('identity_provider_id', '=', id)
        .execute()
    },
  }
}

/** Each test begins in a new browser. */
async function begin({ id }: Pick<World, 'id'>, more: object = {}) {
  const answer = await ask('POST /v1/openid-sign-ins', { body: { identityProviderId: id, ...more } })
  expect(answer.status, answer.text).toBe(201)
  return { url: (answer.body as { url: string }).url, browser: { cookie: readCookie(answer) } }
}

function comeBack({ pathname, search }: URL, browser: { cookie?: string }): Promise<Answer> {
  return ask(`GET ${pathname}${search}`, { as: browser })
}

function withQuery(redirect: URL, changes: Record<string, string>): URL {
  const changed = new URL(redirect)
  for (const [name, value] of Object.entries(changes)) changed.searchParams.set(name, value)
  return changed
}

/** Code of the error page. No one is signed in. */
function refusalOf(answer: Answer): string {
  expect(readCookie(answer)).not.toContain('session_token')
  return /<dd>(\w+\.\w+)<\/dd>/.exec(answer.text)?.[1] ?? `status ${answer.status}`
}

function expectRefused(answer: Answer, code: string): void {
  const refusal = refusalOf(answer)
  codes.push(refusal)
  expect(refusal).toBe(code)
}

async function signedInAs(answer: Answer): Promise<unknown> {
  expect(answer.status, answer.text).toBe(302)
  const session = await ask('GET /v1/session', { as: { cookie: readCookie(answer) } })
  return session.body
}

async function invited(email: string) {
  const { url } = await rooms.people.links.invite({ email, name: 'Mia', role: 'agent', emailAccountIds: [] }, 'test')
  return new URL(url.reveal()).hash.slice(1)
}

let number = 0

/** Outcomes by test and provider: what users see, and the code of each refusal. */
const outcomes = new Map<string, Map<string, string>>()
let codes: string[] = []

// The output of the test: the only list of what was attacked, and how it ended.
afterAll(() => {
  const rows = [...outcomes].map(([title, of]) => `| ${[title, ...WORLDS.map((name) => of.get(name))].join(' | ')} |`)
  process.stdout.write([`| test | ${WORLDS.join(' | ')} |`, '| --- | --- | --- |', ...rows, ''].join('\n'))
})

describe.each(WORLDS)('a sign-in by %s', async (name) => {
  const world = name === 'Entra ID' ? await entraWorld() : await oidcWorld()
  const email = `member${++number}@contoso.example`

  afterEach(({ task }) => {
    const of = outcomes.get(task.name) ?? new Map<string, string>()
    const outcome = codes.length === 0 ? 'accepted' : [...new Set(codes)].join(', ')
    outcomes.set(task.name, of.set(name, task.result?.state === 'fail' ? 'FAILED' : outcome))
    codes = []
  })

  it('accepts an invitation, which links the identity', async () => {
    const { url, browser } = await begin(world, { invitation: await invited(email) })
    const answer = await comeBack(await world.signIn(url, world.member), browser)
    expect(await signedInAs(answer)).toMatchObject({ email, role: 'agent' })
    const { body } = await ask('GET /v1/audit', { as: admin })
    const { entries } = body as { entries: { action: string; detail: object }[] }
    for (const action of ['person.joined', 'identity.linked']) {
      expect(entries.find((entry) => entry.action === action)?.detail).toMatchObject({ address: '127.0.0.1' })
    }
  })

  it('signs the linked person in, and opens the page where it began', async () => {
    const { url, browser } = await begin(world, { returnTo: '/inbox?view=mine' })
    const answer = await comeBack(await world.signIn(url, world.member), browser)
    expect(answer.headers.location).toBe(`${publicUrl.origin}/inbox?view=mine`)
    expect(await signedInAs(answer)).toMatchObject({ email })
  })

  it('attack 1: refuses a redirect in another browser, and an unknown state', async () => {
    const { url, browser } = await begin(world)
    const redirect = await world.signIn(url, world.member)
    const victim = await begin(world)
    expectRefused(await comeBack(redirect, victim.browser), 'tokens.state_foreign')
    expectRefused(await comeBack(redirect, {}), 'tokens.state_foreign')
    expectRefused(await comeBack(withQuery(redirect, { state: 'x'.repeat(43) }), browser), 'tokens.state_unknown')
    await signedInAs(await comeBack(redirect, browser))
  })

  it('attack 2: refuses an ID token with another nonce', async () => {
    const { url, browser } = await begin(world)
    const planted = withQuery(new URL(url), { nonce: 'n'.repeat(43) }).href
    expectRefused(
      await comeBack(await world.signIn(planted, world.member), browser),
      'identity_providers.answer_invalid',
    )
  })

  it('attack 3: refuses a redirect that names another issuer, and a code that another one issued', async () => {
    const first = await begin(world)
    const redirect = withQuery(await world.signIn(first.url, world.member), { iss: world.otherIssuer })
    expectRefused(await comeBack(redirect, first.browser), 'identity_providers.answer_invalid')
    const second = await begin(world)
    const mixed = await world.signInElsewhere(second.url)
    if (mixed.searchParams.has('iss')) mixed.searchParams.set('iss', oidc.issuer)
    expectRefused(await comeBack(mixed, second.browser), 'identity_providers.answer_invalid')
    // The path names the provider, too: not every provider names itself by `iss`.
    const third = await begin(world)
    const elsewhere = await world.signIn(third.url, world.member)
    elsewhere.pathname = `/sign-in/callback/${newId()}`
    const before = oidc.tokenRequests()
    expectRefused(await comeBack(elsewhere, third.browser), 'identity_providers.answer_invalid')
    // The code wasn't sent to the provider of the state, which may be an attacker's.
    expect(oidc.tokenRequests()).toBe(before)
  })

  it('attack 4: refuses a redirect that was used before', async () => {
    const { url, browser } = await begin(world)
    const redirect = await world.signIn(url, world.member)
    await signedInAs(await comeBack(redirect, browser))
    expectRefused(await comeBack(redirect, browser), 'tokens.state_used')
  })

  it('attack 5: refuses a user of another organization', async () => {
    const expected = name === 'Entra ID' ? 'identity_providers.foreign_tenant' : 'identity_providers.unknown_person'
    const refusal = await world.foreignUser()
    codes.push(refusal)
    expect(refusal).toBe(expected)
  })

  it('attack 6: refuses an unverified address of an admitted domain, and keeps no request', async () => {
    await change(world.id, { admission: { kind: 'domain', domains: ['contoso.example'] } })
    const { url, browser } = await begin(world)
    const answer = await comeBack(await world.signIn(url, world.stranger), browser)
    expectRefused(answer, 'identity_providers.email_unverified')
    expect((await ask('GET /v1/admission-requests', { as: admin })).body).toEqual({ admissionRequests: [] })
    await change(world.id, { admission: { kind: 'invited' } })
  })

  it('attack 7: refuses another identity with the name and the address of a person', async () => {
    const { db } = database
    const mine = () => db.selectFrom('linked_identities').selectAll().where('identity_provider_id', '=', world.id)
    const [before] = await mine().execute()
    await world.replaceMember()
    const { url, browser } = await begin(world)
    const answer = await comeBack(await world.signIn(url, world.member), browser)
    expectRefused(answer, 'identity_providers.unknown_person')
    await db.updateTable('linked_identities').set({ subject: before!.subject }).where('id', '=', before!.id).execute()
  })

  it('attack 8: refuses a removed person with the answer for unknown users', async () => {
    const list = (await ask('GET /v1/people', { as: admin })).body as { people: { id: string; email: string }[] }
    const { id } = list.people.find((person) => person.email === email)!
    expect((await ask(`DELETE /v1/people/${id}`, { as: admin })).status).toBe(204)
    const attempts = []
    for (const user of [world.member, world.stranger]) {
      const { url, browser } = await begin(world)
      const answer = await comeBack(await world.signIn(url, user), browser)
      expectRefused(answer, 'identity_providers.unknown_person')
      attempts.push(answer.text.replace(/<dd>[\w-]+<\/dd>/g, ''))
    }
    expect(attempts[0]).toBe(attempts[1])
  })
})
