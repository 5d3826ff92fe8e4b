import { describe, expect, it } from 'vitest'
import { portalForTest, PORTAL } from '../../../test/portal.ts'
import { createPortalSite } from './portal-site.ts'
import { localPath } from './sign-in.ts'

describe('signing in to the portal', () => {
  it('redirects to the sign-in site with PKCE and returns to the requested page', async () => {
    const { browser, signIn, ada } = await portalForTest(createPortalSite)
    signIn.next = ada

    const page = await browser().open(`${PORTAL}/app-registrations?view=owned`)

    expect(page.url).toBe(`${PORTAL}/app-registrations?view=owned`)
    expect(page.text).toContain('ada@contoso.example')
    expect(page.text).toContain('Contoso')
    const query = signIn.authorizations[0]!.searchParams
    expect(signIn.authorizations[0]!.pathname).toBe('/organizations/oauth2/v2.0/authorize')
    expect(query.get('redirect_uri')).toBe(`${PORTAL}/signin-oidc`)
    expect(query.get('code_challenge_method')).toBe('S256')
    expect(query.get('state')).not.toBe(query.get('nonce'))
    expect(signIn.refusals).toEqual([])
  })

  it.each<[string, Record<string, unknown>]>([
    ['another nonce', { nonce: 'replayed' }],
    ['another audience', { aud: 'somebody else' }],
    ['another issuer', { iss: 'http://evil.test/v2.0' }],
    ['another tenant than its issuer', { tid: '8b2d4f60-93c7-4e1a-a4d5-71e6c9b0f322' }],
    ['an end in the past', { exp: 1 }],
    ['a person who does not exist', { oid: 'nobody' }],
  ])('refuses an ID token with %s', async (_, lies) => {
    const { browser, signIn, ada } = await portalForTest(createPortalSite)
    signIn.next = ada
    signIn.lies = lies

    const page = await browser().open(`${PORTAL}/`)

    expect(page.status).toBe(400)
    expect(page.text).toContain('You are not signed in')
    expect(page.cookies()['portal-session']).toBeUndefined()
  })

  it('refuses an ID token signed with a different key', async () => {
    const { browser, signIn, ada } = await portalForTest(createPortalSite)
    signIn.next = ada
    signIn.forge = true

    expect((await browser().open(`${PORTAL}/`)).status).toBe(400)
  })

  it('refuses a response that belongs to another browser', async () => {
    const { browser, signIn, ada, portal } = await portalForTest(createPortalSite)
    signIn.next = ada
    const begun = await portal.inject({ url: '/sign-in' })
    const authorize = await signIn.site.inject({ url: String(begun.headers.location).replace('http://login.test', '') })

    const page = await browser().open(String(authorize.headers.location))

    expect(page.status).toBe(400)
    expect(page.text).toContain('started in another browser')
  })

  it('redeems each response once', async () => {
    const { signIn, ada, portal } = await portalForTest(createPortalSite)
    signIn.next = ada
    const begun = await portal.inject({ url: '/sign-in' })
    const cookie = begun.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const authorize = await signIn.site.inject({ url: String(begun.headers.location).replace('http://login.test', '') })
    const callback = String(authorize.headers.location).replace(PORTAL, '')

    expect((await portal.inject({ url: callback, headers: { cookie } })).statusCode).toBe(302)
    const again = await portal.inject({ url: callback, headers: { cookie } })
    expect(again.statusCode).toBe(400)
    expect(again.body).toContain('started in another browser')
    expect(signIn.refusals).toEqual([])
  })

  it("shows the sign-in site's error", async () => {
    const { browser, signIn } = await portalForTest(createPortalSite)
    signIn.refuse = 'access_denied'

    expect((await browser().open(`${PORTAL}/`)).text).toContain('access_denied')
  })

  it('ends with a sign-out, including at the sign-in site', async () => {
    const { signedIn, signIn, ada } = await portalForTest(createPortalSite)
    const page = await signedIn(ada)

    await page.submit({}, { button: 'Sign out' })
    expect(page.url).toBe(`${PORTAL}/signed-out`)

    signIn.next = undefined
    expect((await page.open(`${PORTAL}/users`)).text).toContain('You are not signed in')
  })

  it.each<[string, (world: Awaited<ReturnType<typeof portalForTest>>) => void]>([
    ['eight hours passed', ({ clock }) => clock.move(8 * 60 * 60 * 1000 + 1)],
    ['the account is disabled', ({ directory, ben }) => directory.people.updateUser(ben.id, { accountEnabled: false })],
    [
      'the sessions are revoked',
      ({ directory, ben, clock }) => {
        clock.move(1000)
        directory.people.updateUser(ben.id, { tokensValidFrom: clock.now().getTime() })
      },
    ],
  ])('ends when %s', async (_, end) => {
    const world = await portalForTest(createPortalSite)
    const page = await world.signedIn(world.ben)
    expect(page.status).toBe(200)
    end(world)
    world.signIn.next = undefined

    expect((await page.open(`${PORTAL}/`)).text).toContain('You are not signed in')
  })

  it('switches to a directory in which the user is a guest', async () => {
    const { signedIn, signIn, carla, guest, contoso } = await portalForTest(createPortalSite)
    const page = await signedIn(carla)
    await page.open(`${PORTAL}/directories`)
    expect(page.text).toContain('Fabrikam')

    signIn.next = guest
    await page.follow('Switch to Contoso')

    expect(page.valueOf('tenantId')).toBe(contoso.id)
    expect(page.text).toContain('Guest')
    const last = signIn.authorizations.at(-1)!
    expect(last.pathname).toBe(`/${contoso.id}/oauth2/v2.0/authorize`)
    expect(last.searchParams.get('login_hint')).toBe(carla.userPrincipalName)
    expect((await page.open(`${PORTAL}/directories`)).text).toContain('Switch to Fabrikam')
  })

  it.each([
    ['https://evil.test/', '/'],
    ['//evil.test', '/'],
    ['/\\evil.test', '/'],
    ['/a\\b', '/'],
    ['javascript:alert(1)', '/'],
    ['/a\r\nset-cookie: x', '/'],
    [undefined, '/'],
    ['/users?x=1', '/users?x=1'],
  ])('redirects from %s only to %s', (path, safe) => {
    expect(localPath(path)).toBe(safe)
  })
})
