import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { FIRST_PARTY } from '../tenants/index.ts'
import { answerOf, authorizeUrl, CALLBACK, entraForTest, LOGIN, payloadOf, signInAs } from '../../test/entra.ts'

const UNKNOWN = '11111111-2222-4333-8444-555555555555'

describe('the authorization endpoint', () => {
  it.each([
    ['an unknown application', 700016, UNKNOWN, {}, 'organizations'],
    [
      'a redirect URI that is not registered',
      50011,
      undefined,
      { redirect_uri: 'https://evil.test/' },
      'organizations',
    ],
    [
      'a redirect URI in other capitals',
      50011,
      undefined,
      { redirect_uri: 'https://client.test/Callback' },
      'organizations',
    ],
    ['an unknown tenant', 90002, undefined, {}, 'nowhere.example'],
    ['a work-only application on consumers', 9002332, undefined, {}, 'consumers'],
    ['a missing client id', 900144, '', {}, 'organizations'],
  ])('shows %s on a page without a redirect', async (_name, code, appId, more, tenant) => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(appId ?? app.appId, more, { tenant }))

    expect(person.status).toBe(400)
    expect(person.url.startsWith(LOGIN)).toBe(true)
    expect(person.text).toContain(`AADSTS${code}`)
    expect(person.text).toMatch(/Correlation Id [0-9a-f-]{36} Timestamp 2026-11-02 09:00:00Z/)
  })

  it('names the account types that an application supports', async () => {
    const world = entraForTest()
    const single = world.register({ signInAudience: 'AzureADMyOrg' })
    const personal = world.register({ signInAudience: 'PersonalMicrosoftAccount' })
    const silent = world.register({ web: { ...single.web, redirectUris: [] } })
    const textAt = async (appId: string, tenant: string) =>
      (await world.browse().open(authorizeUrl(appId, {}, { tenant }))).text

    expect(await textAt(single.appId, 'common')).toContain('AADSTS50194')
    expect(await textAt(single.appId, world.fabrikam.id)).toContain('AADSTS700016')
    expect(await textAt(single.appId, world.contoso.id)).toContain('to continue to')
    expect(await textAt(personal.appId, 'common')).toContain('AADSTS9002331')
    expect(await textAt(silent.appId, 'organizations')).toContain('AADSTS500113')
  })

  it.each([
    ['no response type', { response_type: undefined }, 900144, 'invalid_request'],
    ['a response type it does not have', { response_type: 'token' }, 70005, 'unsupported_response_type'],
    ['an unknown response mode', { response_mode: 'pigeon' }, 70007, 'invalid_request'],
    ['no scope', { scope: undefined }, 900144, 'invalid_request'],
    ['an unknown permission', { scope: 'Mail.Everything' }, 650053, 'invalid_client'],
    ['an unknown resource', { scope: 'https://vault.azure.net/user_impersonation' }, 500011, 'invalid_resource'],
    [
      '/.default beside permissions',
      { scope: 'https://graph.microsoft.com/.default Mail.Read' },
      70011,
      'invalid_scope',
    ],
    ['an unknown prompt', { prompt: 'maybe' }, 90023, 'invalid_request'],
    ['a challenge too short', { code_challenge: 'short' }, 501491, 'invalid_request'],
    ['an unknown challenge method', { code_challenge_method: 'S512' }, 501491, 'invalid_request'],
    ['a resource parameter', { resource: 'https://graph.microsoft.com' }, 901002, 'invalid_request'],
    ['claims that are no JSON', { claims: '{' }, 90023, 'invalid_request'],
    ['prompt=none without a session', { prompt: 'none' }, 50058, 'login_required'],
  ])('redirects to the client with an error for %s', async (_name, more, code, error) => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId, more))

    expect(person.url.startsWith(CALLBACK)).toBe(true)
    expect(answerOf(person)).toMatchObject({ error, state: 'a state' })
    expect(answerOf(person)['error_description']).toContain(`AADSTS${code}: `)
    expect(answerOf(person)['error_uri']).toBe(`${LOGIN}/error?code=${code}`)
  })

  it('responds without a page to a signed-in user who has consented', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    await person.open(authorizeUrl(app.appId, { prompt: 'none' }))
    expect(answerOf(person)).toMatchObject({ error: 'consent_required' })

    world.grantToAll(app.appId, ['openid', 'profile', 'offline_access', 'User.Read'])
    await person.open(authorizeUrl(app.appId, { prompt: 'none' }))
    expect(answerOf(person)['code']).toBeDefined()

    await person.open(authorizeUrl(app.appId, { prompt: 'none', login_hint: 'ada@contoso.example' }))
    expect(answerOf(person)).toMatchObject({ error: 'login_required' })
  })

  it('shows the account picker when several accounts are signed in', async () => {
    const world = entraForTest()
    const app = world.register()
    world.grantToAll(app.appId, ['openid', 'profile', 'offline_access', 'User.Read'])
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    await person.open(authorizeUrl(app.appId, { prompt: 'login' }))
    await signInAs(person, 'ada@contoso.example', world)

    await person.open(authorizeUrl(app.appId, { prompt: 'none' }))
    expect(answerOf(person)).toMatchObject({ error: 'interaction_required' })
    await person.open(authorizeUrl(app.appId, { prompt: 'none', login_hint: 'ada@contoso.example' }))
    expect(answerOf(person)['code']).toBeDefined()
  })

  it('responds in the fragment, and by a posted form', async () => {
    const world = entraForTest()
    const app = world.register()
    world.grantToAll(app.appId, ['openid', 'profile', 'offline_access', 'User.Read'])
    const person = await world.browse().open(authorizeUrl(app.appId, { response_mode: 'fragment' }))
    await signInAs(person, 'ben@contoso.example', world)
    expect(new URL(person.url).hash).toContain('code=')

    await person.open(authorizeUrl(app.appId, { response_mode: 'form_post', state: '"><b>' }))
    expect(person.headers.get('content-security-policy')).not.toContain('form-action')
    expect(person.headers.get('content-security-policy')).toContain("script-src 'sha256-")
    await person.submit()
    expect(person.url).toBe(CALLBACK)
    expect(person.posted?.get('code')).toBeTruthy()
    expect(person.posted?.get('state')).toBe('">')
  })

  it('returns a code with an ID token that contains its hash', async () => {
    const world = entraForTest()
    const app = world.register()
    world.grantToAll(app.appId, ['openid', 'profile', 'offline_access', 'User.Read'])
    const hybrid = { response_type: 'code id_token', nonce: 'n-1' }
    const person = await world.browse().open(authorizeUrl(app.appId, hybrid))
    await signInAs(person, 'ben@contoso.example', world)

    const { code = '', id_token: idToken } = answerOf(person)
    const half = createHash('sha256').update(code).digest().subarray(0, 16).toString('base64url')
    expect(new URL(person.url).hash).not.toBe('')
    expect(payloadOf(idToken)).toMatchObject({ nonce: 'n-1', c_hash: half, aud: app.appId })

    const denied = async (more: Record<string, string | undefined>) =>
      answerOf(await person.open(authorizeUrl(app.appId, { ...hybrid, ...more })))['error_description']
    expect(await denied({ nonce: undefined })).toContain('AADSTS900144')
    expect(await denied({ response_mode: 'query' })).toContain('AADSTS70007')
    expect(await denied({ scope: 'User.Read' })).toContain('AADSTS70005')
  })

  it('issues ID tokens directly only where the registration allows them', async () => {
    const world = entraForTest()
    const app = world.register({
      web: {
        redirectUris: [CALLBACK],
        logoutUrl: null,
        implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false },
      },
    })
    const person = await world.browse().open(authorizeUrl(app.appId, { response_type: 'code id_token', nonce: 'n' }))

    expect(answerOf(person)).toMatchObject({ error: 'unsupported_response_type' })
    expect(answerOf(person)['error_description']).toContain('AADSTS700054')
  })

  it('accepts the request as a POST', async () => {
    const world = entraForTest()
    const app = world.register()
    const url = new URL(authorizeUrl(app.appId))
    const answer = await world.entraId.site.inject({
      method: 'POST',
      url: url.pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: url.searchParams.toString(),
    })

    expect(answer.statusCode).toBe(303)
    const person = await world.browse().open(new URL(String(answer.headers.location), LOGIN).href)
    expect(person.text).toContain('to continue to Mail connector')
  })

  it('refuses unassigned users, and applications that an admin disabled', async () => {
    const world = entraForTest()
    const app = world.register()
    const servicePrincipal = world.directory.consents.addServicePrincipal(world.contoso.id, app)
    const person = await world.browse().open(authorizeUrl(app.appId))
    world.directory.consents.saveServicePrincipal({ ...servicePrincipal, appRoleAssignmentRequired: true })
    await signInAs(person, 'ben@contoso.example', world)
    expect(person.text).toContain('AADSTS50105')

    world.directory.consents.saveServicePrincipal({ ...servicePrincipal, accountEnabled: false })
    await person.open(authorizeUrl(app.appId))
    expect(answerOf(person)).toMatchObject({ error: 'unauthorized_client' })
  })

  it('refuses a valid request while a fault is on', async () => {
    const world = entraForTest()
    const { id } = world.faults.switchOn('conditional-access-block', { user: 'ben@contoso.example' })
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)

    expect(person.text).toContain('AADSTS53003')
    expect(world.faults.callsOf(id).map(({ call }) => call)).toEqual(['authorize'])
  })

  it("allows Microsoft's own applications their preauthorized scopes without consent", async () => {
    const world = entraForTest()
    const person = await world.browse().open(
      authorizeUrl(FIRST_PARTY.azureCli, {
        redirect_uri: 'http://localhost:8400',
        scope: 'https://graph.microsoft.com//.default openid offline_access profile',
      }),
    )
    await signInAs(person, 'ada@contoso.example', world)
    expect(person.url.startsWith('http://localhost:8400/?code=')).toBe(true)

    await person.open(authorizeUrl(FIRST_PARTY.azureCli, { redirect_uri: 'http://localhost:8400', scope: 'Mail.Read' }))
    expect(answerOf(person)['error_description']).toContain('AADSTS65002')

    await person.open(authorizeUrl(FIRST_PARTY.azurePortal, { redirect_uri: 'http://portal.test/signed-in' }))
    expect(answerOf(person)['code']).toBeDefined()
    await person.open(authorizeUrl(FIRST_PARTY.azurePortal, { redirect_uri: 'http://portal.test.evil.test/' }))
    expect(person.text).toContain('AADSTS50011')
  })
})
