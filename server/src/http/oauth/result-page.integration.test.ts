/** Each result of a sign-in, over HTTP with the local Microsoft 365: the page names cause, fix and next step. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loadClouds } from '../../cloud-providers/index.ts'
import { type CloudProviderId, newId } from '../../kernel/ids.ts'
import {
  type Begun,
  CONTOSO,
  readCookie,
  createConnectingStage,
  createTestClock,
  startStrictAuthorizationServer,
  type WantedSignIn,
} from '../../../test/kit/index.ts'
import { read } from '../../../test/http/oauth/result-page.ts'

const BEN = 'ben@contoso.example'
const ANNA = 'anna@contoso.example'
const SUPPORT = 'support@contoso.example'
const DAY_MS = 24 * 60 * 60 * 1000

const clockOfStrict = createTestClock()
const strict = await startStrictAuthorizationServer(clockOfStrict)
const strictCloud = {
  ...(await loadClouds()).get('global'),
  id: 'strict',
  authority: strict.origin,
  allowsHttpLoopback: true,
}
const { ask, rooms, database, clock, admin, addProvider, newCloudProvider, begin, atMicrosoft, comeBack, walk } =
  await createConnectingStage([strictCloud])

let consented: CloudProviderId

beforeAll(async () => {
  clockOfStrict.set(clock.now())
  consented = await newCloudProvider()
})

beforeEach(async () => {
  await database.db.deleteFrom('grants').execute()
  await database.db.deleteFrom('sign_in_links').execute()
})

/** Creates a link, by default for the shared mailbox that Ben can open. */
async function makeLink(wanted: WantedSignIn & { cloudProviderId: CloudProviderId }) {
  const body = { kind: 'sign-in', requestedAddress: SUPPORT, ...wanted }
  const answer = await ask('POST /v1/sign-in-links', { as: admin, body })
  expect(answer.status, answer.text).toBe(201)
  const link = answer.body as { id: string; url: string }
  return { ...link, token: new URL(link.url).hash.slice(1) }
}

/** Begins a sign-in by a link, without an account here. */
async function beginByLink(token: string): Promise<Begun> {
  const answer = await ask('POST /v1/sign-in-links/begin', { body: { token } })
  expect(answer.status, answer.text).toBe(201)
  return { url: (answer.body as { url: string }).url, browser: { cookie: readCookie(answer) } }
}

async function kept() {
  const [grants, tokens, used] = await Promise.all([
    database.db.selectFrom('grants').select(['id', 'user_name', 'version']).execute(),
    database.db.selectFrom('access_tokens').select('grant_id').execute(),
    database.db.selectFrom('sign_in_links').select('id').where('used_at', 'is not', null).execute(),
  ])
  return { grants, tokens: tokens.length, usedLinks: used.length }
}

const NOTHING = { grants: [], tokens: 0, usedLinks: 0 }

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

describe('a sign-in of an admin of Postkey', () => {
  it('leads to associating its mailbox', async () => {
    const answer = await walk(await begin(consented, { requestedAddress: SUPPORT }), BEN)

    expect(answer.status).toBe(200)
    const { said, paths } = read(answer)
    expect(said).toContain('Sign-in complete')
    expect(said).toContain(BEN)
    const [grant] = (await kept()).grants
    expect(paths).toEqual([`/set-up?grant=${grant!.id}&address=support%40contoso.example`])
    expect(await audited(grant!.id)).toEqual([`person:${admin.id} grant.added`])
  })

  it('leads to the email accounts after a renewal', async () => {
    await walk(await begin(consented), BEN)
    const { id } = (await kept()).grants[0]!

    const { said, paths } = read(
      await walk(await begin(consented, { reconnectGrantId: id, requestedAddress: BEN }), BEN),
    )

    expect(said).toContain('Sign-in renewed')
    expect(paths).toEqual(['/email-accounts'])
  })

  it('by a different person than before changes nothing, names both, and offers the right one', async () => {
    await walk(await begin(consented), BEN)
    const before = await kept()
    const begun = await begin(consented, { reconnectGrantId: before.grants[0]!.id })

    const answer = await walk(begun, ANNA)

    expect(answer.status).toBe(409)
    const page = read(answer)
    expect(page.said).toContain('You signed in as')
    expect(page.said).toContain(`Signed in as ${ANNA}`)
    expect(page.said).toContain(`Expected ${BEN}`)
    expect(page.labels).toEqual([`Sign in as ${BEN}`, 'Back to Setup'])
    expect(await kept()).toEqual(before)
    // The offered link is a second sign-in, already begun in this browser.
    const again = { url: page.links[0]!.url.href, browser: begun.browser }
    expect(read(await walk(again, BEN)).said).toContain('Sign-in renewed')
  })

  it('can be canceled without a stored grant and repeated at once', async () => {
    const begun = await begin(consented, { requestedAddress: SUPPORT })
    const page = read(await walk(begun, BEN, 'cancel-at-password'))

    expect(page.said).toContain('The sign-in was canceled')
    expect(page.said).toContain('Mailbox support@contoso.example')
    expect(page.labels).toEqual(['Try again', 'Back to Setup'])
    expect(await kept()).toEqual(NOTHING)
    const again = { url: page.links[0]!.url.href, browser: begun.browser }
    expect(read(await walk(again, BEN)).paths[0]).toContain('address=support%40contoso.example')
  })

  it('with required admin approval names it, offers the consent, and continues with the sign-in', async () => {
    const unconsented = await newCloudProvider({ withConsent: false })
    const begun = await begin(unconsented, { requestedAddress: SUPPORT })
    const page = read(await walk(begun, BEN, 'cancel-at-needs-admin'))

    expect(page.said).toContain('An Entra admin must approve the application first')
    expect(page.said).toContain('AADSTS90094')
    expect(page.labels).toEqual(['Consent as an Entra admin', 'Send a consent link to an Entra admin', 'Back to Setup'])
    expect(page.paths[1]).toBe(`/set-up?step=c&provider=${unconsented}&address=support%40contoso.example&way=adminLink`)
    expect(await kept()).toEqual(NOTHING)

    const consent = { url: page.links[0]!.url.href, browser: begun.browser }
    const declined = read(await walk(consent, CONTOSO.admin, 'cancel-at-admin-consent'))
    expect(declined.said).toContain('The admin didn’t approve the application')
    const agreed = read(await walk({ ...consent, url: declined.links[0]!.url.href }, CONTOSO.admin))
    expect(agreed.said).toContain('Consent reported, not verified yet')
    expect(agreed.labels).toEqual(['Continue to sign-in'])
    expect(await kept()).toEqual(NOTHING)
    const reported = `person:${admin.id} cloud_provider.consent_reported`
    expect(await audited(unconsented)).toEqual(['test cloud_provider.created', reported])
    const done = read(await walk({ ...consent, url: agreed.links[0]!.url.href }, BEN))
    expect(done.paths[0]).toMatch(/^\/set-up\?grant=/)
    expect((await audited(unconsented)).at(-1)).toBe(`person:${admin.id} cloud_provider.consented`)
  })

  it("continues with another protocol after an admin's consent to it, even after a declined attempt", async () => {
    await walk(await begin(consented), BEN)
    const { id } = (await kept()).grants[0]!
    const begun = await begin(consented, { kind: 'admin-consent', alsoBy: ['imap'], reconnectGrantId: id })

    const declined = read(await walk(begun, CONTOSO.admin, 'cancel-at-admin-consent'))
    expect(declined.links[0]!.url.searchParams.get('scope')).toContain('IMAP.AccessAsUser.All')
    const again = { url: declined.links[0]!.url.href, browser: begun.browser }
    const agreed = read(await walk(again, CONTOSO.admin))

    expect(agreed.said).toContain('signs in again at Microsoft')
    const next = agreed.links[0]!.url
    expect(next.searchParams.get('scope')).toContain('IMAP.AccessAsUser.All')
    expect(next.searchParams.get('login_hint')).toBe(BEN)
    const done = read(await walk({ url: next.href, browser: begun.browser }, BEN))
    expect(done.paths).toEqual(['/email-accounts'])
  })

  it('stores nothing when Microsoft grants none of the permissions', async () => {
    const begun = await begin(await addProvider(newId(), 'good', 'strict'))
    strict.amend = (answer) => ({ ...answer, scope: 'openid profile' })
    const query = await strict.signIn({ url: begun.url, tenantId: CONTOSO.tenantId, objectId: newId() })

    const answer = await comeBack(new URL(`http://localhost/oauth/callback?${query.toString()}`), begun.browser)
    strict.forgetOrders()

    expect(answer.status).toBe(409)
    expect(read(answer).said).toContain('tokens.scope_not_granted')
    expect(read(answer).labels).toEqual(['Try again', 'Back to Setup'])
    expect(await kept()).toEqual(NOTHING)
  })
})

describe('a response from Microsoft', () => {
  it('is valid once: a reloaded page reports that the sign-in is finished, and changes nothing', async () => {
    const begun = await begin(consented)
    const callback = await atMicrosoft(begun, BEN)
    await comeBack(callback, begun.browser)
    const before = await kept()

    const answer = await comeBack(callback, begun.browser)

    expect(answer.status).toBe(409)
    expect(read(answer).said).toContain('This sign-in is already finished')
    expect(read(answer).paths).toEqual(['/set-up'])
    expect(await kept()).toEqual(before)
  })

  it('is refused in another browser, without a link into Postkey, and stays valid in its own', async () => {
    const begun = await begin(consented)
    const callback = await atMicrosoft(begun, BEN)

    for (const browser of [
      {},
      { cookie: readCookie(await ask('POST /v1/sign-in-links/begin', { body: { token: 'x' } })) },
    ]) {
      const stranger = await comeBack(callback, browser)
      expect(read(stranger).said).toContain('This sign-in was started in another browser')
      expect(read(stranger).said).toContain('You can close this page.')
      expect(read(stranger).links).toEqual([])
    }
    expect(await kept()).toEqual(NOTHING)
    expect((await comeBack(callback, begun.browser)).status).toBe(200)
  })

  it('with a redeemed code is refused, even with a valid state', async () => {
    const first = await begin(consented)
    const callback = await atMicrosoft(first, BEN)
    await comeBack(callback, first.browser)
    const before = await kept()
    const begun = await begin(consented)
    const state = new URL(begun.url).searchParams.get('state') ?? ''
    callback.searchParams.set('state', state)

    const answer = await comeBack(callback, begun.browser)

    expect(answer.status).toBe(409)
    expect(read(answer).said).toContain('tokens.code_refused')
    expect(read(answer).said).toContain('Start the sign-in again')
    expect(await kept()).toEqual(before)
  })

  it('leads to a page without its code, state or token', async () => {
    const begun = await begin(consented)
    const callback = await atMicrosoft(begun, BEN)
    const { text } = await comeBack(callback, begun.browser)

    for (const name of ['code', 'state']) expect(text).not.toContain(callback.searchParams.get(name))
  })
})

describe('a sign-in link', () => {
  it('names its purpose, creator and expiry date without being redeemed', async () => {
    const link = await makeLink({ cloudProviderId: consented, requestedAddress: SUPPORT })
    expect(link.url).toMatch(/^http:\/\/localhost:8400\/sign-in-link#[\w-]{43}$/)

    for (let time = 0; time < 2; time++) {
      const { body, status } = await ask('POST /v1/sign-in-links/preview', { body: { token: link.token } })
      expect(status).toBe(200)
      expect(body).toMatchObject({
        kind: 'sign-in',
        cloudProviderName: 'Contoso mail',
        clientId: (await rooms.cloudProviders.get(consented)).clientId,
        requestedAddress: SUPPORT,
        createdBy: admin.name,
        expiresAt: new Date(clock.now().getTime() + DAY_MS).toISOString(),
      })
      const { permissions } = body as { permissions: { value: string; purpose: string }[] }
      expect(permissions.map(({ value }) => value)).toEqual(expect.arrayContaining(['Mail.Send', 'offline_access']))
    }
    expect(await listed(link.id)).toMatchObject({ state: 'open', createdBy: `person:${admin.id}` })
    expect(JSON.stringify(await listed(link.id))).not.toContain(link.token)
  })

  it('ends on a page without a link into Postkey, is redeemed by the sign-in, and records who used it', async () => {
    const link = await makeLink({ cloudProviderId: consented, requestedAddress: SUPPORT })

    const answer = await walk(await beginByLink(link.token), BEN)

    const { said, links } = read(answer)
    expect(said).toContain('Sign-in complete')
    expect(said).toContain(`You can close this page. ${admin.name} has been notified.`)
    expect(links).toEqual([])
    expect(answer.text).not.toContain('href=')
    expect(await kept()).toMatchObject({ grants: [{ user_name: BEN }], usedLinks: 1 })
    expect(await listed(link.id)).toMatchObject({ state: 'used', usedBy: BEN, usedAt: clock.now().toISOString() })
    expect(await audited(link.id)).toEqual([
      `person:${admin.id} sign_in_link.created`,
      `link:${link.id} sign_in_link.used`,
    ])
    const { events } = await rooms.events.list({ emailAccountIds: 'all', limit: 500 })
    expect(events.at(-1)).toMatchObject({ kind: 'sign_in_link.used', payload: { usedBy: BEN } })
  })

  it('stays valid after a failed sign-in, which the page states', async () => {
    const link = await makeLink({ cloudProviderId: consented })

    const page = read(await walk(await beginByLink(link.token), BEN, 'cancel-at-password'))

    expect(page.labels).toEqual(['Try again'])
    expect(page.said).toContain('Your link stays valid')
    expect(await listed(link.id)).toMatchObject({ state: 'open' })
    expect((await walk(await beginByLink(link.token), BEN)).status).toBe(200)
  })

  it('creates a single grant in any number of concurrent browsers', async () => {
    const link = await makeLink({ cloudProviderId: consented })
    const browsers = await Promise.all([BEN, BEN].map(async (who) => ({ who, begun: await beginByLink(link.token) })))
    const callbacks = await Promise.all(
      browsers.map(async ({ who, begun }) => ({ begun, callback: await atMicrosoft(begun, who) })),
    )

    const answers = await Promise.all(callbacks.map(({ begun, callback }) => comeBack(callback, begun.browser)))

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410])
    const refused = answers.find(({ status }) => status === 410)!
    expect(read(refused).said).toContain(`Ask ${admin.name} for a new link`)
    expect(read(refused).links).toEqual([])
    expect(await kept()).toMatchObject({ grants: [{}], tokens: 1, usedLinks: 1 })
  })

  it('refers an owner who needs admin approval to the creator of the link', async () => {
    const link = await makeLink({ cloudProviderId: await newCloudProvider({ withConsent: false }) })

    const { said, links } = read(await walk(await beginByLink(link.token), BEN, 'cancel-at-needs-admin'))

    expect(said).toContain('An Entra admin must approve the application first')
    expect(said).toContain(`Show this page to ${admin.name}.`)
    expect(links).toEqual([])
    expect(await kept()).toEqual(NOTHING)
  })

  it('is refused in every route when it is unknown, revoked, expired or redeemed', async () => {
    // One mailbox each, because the next link for the same mailbox would revoke the earlier one.
    const [revoked, expired, used] = [
      await makeLink({ cloudProviderId: consented, requestedAddress: 'a@contoso.example' }),
      await makeLink({ cloudProviderId: consented, requestedAddress: 'b@contoso.example' }),
      await makeLink({ cloudProviderId: consented }),
    ]
    expect((await walk(await beginByLink(used.token), BEN)).status).toBe(200)
    expect((await ask(`DELETE /v1/sign-in-links/${revoked.id}`, { as: admin })).status).toBe(204)
    await database.db
      .updateTable('sign_in_links')
      .set({ expires_at: clock.now() })
      .where('id', '=', expired.id as never)
      .execute()

    for (const token of [revoked.token, expired.token, used.token, 'x'.repeat(43)]) {
      for (const door of ['preview', 'begin']) {
        const { status, body } = await ask(`POST /v1/sign-in-links/${door}`, { body: { token } })
        expect({ status, body }).toMatchObject({ status: 410, body: { code: 'tokens.sign_in_link_over' } })
        expect((body as { fix: string }).fix).toContain('make a new one')
      }
    }
    expect(await listed(revoked.id)).toMatchObject({ state: 'revoked' })
    expect(await listed(expired.id)).toMatchObject({ state: 'expired' })
  })

  it('is valid for a day for a sign-in, and for a week for a consent', async () => {
    const signIn = await makeLink({ cloudProviderId: consented })
    const consent = await makeLink({ cloudProviderId: consented, kind: 'admin-consent' })
    const state = async ({ id }: { id: string }) => (await listed(id)) as { state?: string } | undefined

    clock.advance(DAY_MS - 1000)
    expect((await ask('POST /v1/sign-in-links/preview', { body: { token: signIn.token } })).status).toBe(200)
    clock.advance(1000)
    expect((await ask('POST /v1/sign-in-links/begin', { body: { token: signIn.token } })).status).toBe(410)
    expect([await state(signIn), await state(consent)]).toMatchObject([{ state: 'expired' }, { state: 'open' }])
    clock.advance(6 * DAY_MS)
    expect(await state(consent)).toMatchObject({ state: 'expired' })
    clock.advance(-7 * DAY_MS)
  })

  it('is revoked only by the next one for the same mailbox', async () => {
    const first = await makeLink({ cloudProviderId: consented })
    const others = [
      await makeLink({ cloudProviderId: consented, requestedAddress: ANNA }),
      await makeLink({ cloudProviderId: consented, kind: 'admin-consent' }),
    ]

    const second = await makeLink({ cloudProviderId: consented, requestedAddress: SUPPORT.toUpperCase() })

    expect(await listed(first.id)).toMatchObject({ state: 'revoked' })
    expect((await ask('POST /v1/sign-in-links/begin', { body: { token: first.token } })).status).toBe(410)
    expect(await audited(first.id)).toContain(`person:${admin.id} sign_in_link.revoked`)
    for (const { id } of [second, ...others]) expect(await listed(id)).toMatchObject({ state: 'open' })
  })

  it('creates no grant when the user cannot open its mailbox, and stays valid for one who can', async () => {
    const requestedAddress = CONTOSO.admin
    const link = await makeLink({ cloudProviderId: consented, requestedAddress })
    const begun = await beginByLink(link.token)

    const answer = await walk(begun, BEN)

    expect(answer.status).toBe(409)
    const page = read(answer)
    expect(page.said).toContain('can’t open the mailbox')
    expect(page.said).toContain(`Signed in as ${BEN}`)
    expect(page.said).toContain(`Add-MailboxPermission ${requestedAddress} -User ${BEN} -AccessRights FullAccess`)
    expect(page.labels).toEqual(['Sign in with another account'])
    expect(await kept()).toEqual(NOTHING)
    expect(await listed(link.id)).toMatchObject({ state: 'open' })

    // Microsoft shows the account picker this time, because Ben is still signed in in that browser.
    const again = { url: page.links[0]!.url.href, browser: begun.browser }
    expect(page.links[0]!.url.searchParams.get('prompt')).toBe('select_account')
    expect((await walk(again, requestedAddress)).status).toBe(200)
    expect(await kept()).toMatchObject({ grants: [{ user_name: requestedAddress }], usedLinks: 1 })
  })

  it('for a sign-in is for a mailbox, or for the person of an existing sign-in', async () => {
    const body = { cloudProviderId: consented, kind: 'sign-in' }
    expect(await ask('POST /v1/sign-in-links', { as: admin, body })).toMatchObject({
      status: 422,
      body: { code: 'tokens.sign_in_link_unbound' },
    })
  })

  it('for a renewal names its person, refuses others, and lets Microsoft show the account picker after a wrong one', async () => {
    await walk(await begin(consented), BEN)
    const before = await kept()
    const link = await makeLink({ cloudProviderId: consented, reconnectGrantId: before.grants[0]!.id })
    const { body } = await ask('POST /v1/sign-in-links/preview', { body: { token: link.token } })
    expect(body).toMatchObject({ requestedAddress: SUPPORT, expectedUserName: BEN })

    const page = read(await walk(await beginByLink(link.token), CONTOSO.admin))

    expect(page.said).toContain('You signed in as')
    expect(page.labels).toEqual([`Sign in as ${BEN}`])
    // `login_hint` and `prompt` exclude each other (Microsoft's own rule).
    const { searchParams } = page.links[0]!.url
    expect([searchParams.get('prompt'), searchParams.get('login_hint')]).toEqual(['select_account', null])
    expect(await kept()).toEqual(before)
    expect(await listed(link.id)).toMatchObject({ state: 'open' })
  })

  it('creates no grant when it is revoked during the sign-in at Microsoft', async () => {
    const link = await makeLink({ cloudProviderId: consented })
    const begun = await beginByLink(link.token)
    const callback = await atMicrosoft(begun, BEN)
    await ask(`DELETE /v1/sign-in-links/${link.id}`, { as: admin })

    const answer = await comeBack(callback, begun.browser)

    expect(answer.status).toBe(410)
    expect(read(answer).said).toContain(`Ask ${admin.name} for a new link`)
    expect(await kept()).toEqual(NOTHING)
  })

  it('for a renewal ends when its grant is removed', async () => {
    await walk(await begin(consented), BEN)
    const { id } = (await kept()).grants[0]!
    const link = await makeLink({ cloudProviderId: consented, reconnectGrantId: id })
    expect(new URL((await beginByLink(link.token)).url).searchParams.get('login_hint')).toBe(BEN)

    await ask(`DELETE /v1/grants/${id}`, { as: admin })

    const { status } = await ask('POST /v1/sign-in-links/preview', { body: { token: link.token } })
    expect(status).toBe(410)
    const body = { cloudProviderId: consented, kind: 'sign-in', reconnectGrantId: id }
    expect(await ask('POST /v1/sign-in-links', { as: admin, body })).toMatchObject({
      status: 404,
      body: { code: 'tokens.grant_not_found' },
    })
  })
})
