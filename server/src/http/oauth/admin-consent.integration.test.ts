/** A consent link, over HTTP with the local Microsoft 365: the redirect reports consent, and a token proves it. */
import { describe, expect, it } from 'vitest'
import { loadClouds } from '../../cloud-providers/index.ts'
import { type CloudProviderId, newId } from '../../kernel/ids.ts'
import {
  type Begun,
  CONTOSO,
  readCookie,
  createConnectingStage,
  createTestClock,
  startStrictAuthorizationServer,
} from '../../../test/kit/index.ts'
import { read } from '../../../test/http/oauth/result-page.ts'

const BEN = 'ben@contoso.example'
const clockOfStrict = createTestClock()
const strict = await startStrictAuthorizationServer(clockOfStrict)
const strictCloud = {
  ...(await loadClouds()).get('global'),
  id: 'strict',
  authority: strict.origin,
  allowsHttpLoopback: true,
}
const { ask, rooms, database, clock, admin, addProvider, newCloudProvider, begin, comeBack, walk } =
  await createConnectingStage([strictCloud])
clockOfStrict.set(clock.now())

async function makeLink(cloudProviderId: CloudProviderId) {
  const answer = await ask('POST /v1/sign-in-links', { as: admin, body: { cloudProviderId, kind: 'admin-consent' } })
  expect(answer.status, answer.text).toBe(201)
  const link = answer.body as { id: string; url: string }
  return { ...link, token: new URL(link.url).hash.slice(1) }
}

async function beginByLink(token: string): Promise<Begun> {
  const answer = await ask('POST /v1/sign-in-links/begin', { body: { token } })
  expect(answer.status, answer.text).toBe(201)
  return { url: (answer.body as { url: string }).url, browser: { cookie: readCookie(answer) } }
}

/** The callback address that anyone who began the consent can enter manually. */
function typedCallback({ url }: Begun): URL {
  const typed = new URL('http://localhost/oauth/callback?admin_consent=True')
  typed.searchParams.set('tenant', CONTOSO.tenantId)
  typed.searchParams.set('state', new URL(url).searchParams.get('state') ?? '')
  return typed
}

async function keptGrants(): Promise<number> {
  return (await database.db.selectFrom('grants').select('id').execute()).length
}

async function listed(id: string) {
  const { body } = await ask('GET /v1/sign-in-links', { as: admin })
  return (body as { links: { id: string }[] }).links.find((link) => link.id === id)
}

async function audited(subject: string) {
  const entries = await rooms.people.audit.list({ limit: 200 })
  return entries
    .filter((entry) => entry.subject === subject)
    .map(({ actor, action }) => `${actor} ${action}`)
    .reverse()
}

describe('a consent link', () => {
  it('is redeemed by the sign-in that proves the consent, creates no grant, and has no redirect', async () => {
    const cloudProviderId = await newCloudProvider({ withConsent: false })
    const link = await makeLink(cloudProviderId)
    const begun = await beginByLink(link.token)

    const reported = read(await walk(begun, CONTOSO.admin))
    expect(reported.said).toContain('Consent reported, not verified yet')
    expect(reported.labels).toEqual(['Verify the consent'])
    expect(reported.said).not.toContain('has been notified')
    expect(await listed(link.id)).toMatchObject({ state: 'open', consentReportedAt: clock.now().toISOString() })

    const { said, links } = read(await walk({ ...begun, url: reported.links[0]!.url.href }, CONTOSO.admin))
    expect(said).toContain(`Consent verified for ${CONTOSO.admin}`)
    expect(said).not.toContain('The organization has consented')
    expect(said).toContain(`${admin.name} has been notified.`)
    expect(links).toEqual([])
    expect(await listed(link.id)).toMatchObject({ state: 'used', usedBy: CONTOSO.tenantId })
    expect((await audited(cloudProviderId)).slice(1)).toEqual([
      `link:${link.id} cloud_provider.consent_reported`,
      `link:${link.id} cloud_provider.consented`,
    ])
    expect(await keptGrants()).toBe(0)
  })

  it('ignores a manually entered callback: only a token proves the consent', async () => {
    const cloudProviderId = await newCloudProvider({ withConsent: false })
    const link = await makeLink(cloudProviderId)
    const begun = await beginByLink(link.token)

    const page = read(await comeBack(typedCallback(begun), begun.browser))

    expect(page.said).not.toContain('has consented')
    expect(page.said).toContain('Consent reported, not verified yet')
    expect(await listed(link.id)).toMatchObject({ state: 'open' })
    expect(await audited(cloudProviderId)).not.toContain(`link:${link.id} cloud_provider.consented`)
    expect(await audited(link.id)).not.toContain(`link:${link.id} sign_in_link.used`)

    // The proof finds no consent in the organization, and offers the consent again.
    const proof = { url: page.links[0]!.url.href, browser: begun.browser }
    const unproven = read(await walk(proof, BEN, 'cancel-at-needs-admin'))
    expect(unproven.said).toContain('An Entra admin must approve the application first')
    expect(unproven.labels).toEqual(['Consent as an Entra admin'])
    expect(await listed(link.id)).toMatchObject({ state: 'open' })
    expect(await keptGrants()).toBe(0)
  })

  it('stays valid after a proof in which Microsoft grants fewer permissions', async () => {
    const cloudProviderId = await addProvider(newId(), 'good', 'strict')
    const link = await makeLink(cloudProviderId)
    const begun = await beginByLink(link.token)
    const [proof] = read(await comeBack(typedCallback(begun), begun.browser)).links
    strict.amend = (answer) => ({ ...answer, scope: 'https://graph.microsoft.com/Mail.Read' })
    const query = await strict.signIn({ url: proof!.url.href, tenantId: CONTOSO.tenantId, objectId: newId() })

    const answer = await comeBack(new URL(`http://localhost/oauth/callback?${query.toString()}`), begun.browser)
    strict.forgetOrders()

    expect(answer.status).toBe(409)
    expect(read(answer).said).toContain('tokens.consent_unproven')
    expect(read(answer).said).toContain('Mail.Send')
    expect(await listed(link.id)).toMatchObject({ state: 'open' })
  })
})

describe('a consent in this browser', () => {
  it('stays proven when the signed-in admin cannot open the mailbox', async () => {
    const cloudProviderId = await newCloudProvider({ withConsent: false })
    const wanted = { kind: 'admin-consent', requestedAddress: 'support@contoso.example' } as const
    const begun = await begin(cloudProviderId, wanted)
    const reported = read(await walk(begun, CONTOSO.admin))

    const { said } = read(await walk({ ...begun, url: reported.links[0]!.url.href }, CONTOSO.admin))

    expect(said).toContain('The account that signed in can’t open the mailbox')
    expect(await audited(cloudProviderId)).toContain(`person:${admin.id} cloud_provider.consented`)
    expect(await keptGrants()).toBe(0)
  })
})
