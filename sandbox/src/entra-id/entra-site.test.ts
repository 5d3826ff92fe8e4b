import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GRAPH, PERSONAL_TENANT_ID } from '../tenants/index.ts'
import { answerOf, authorizeUrl, CALLBACK, entraForTest, LOGIN, signInAs } from '../../test/entra.ts'
import { AADSTS } from './index.ts'

describe('the discovery document', () => {
  it.each([
    ['common', 'common', '{tenantid}', null],
    ['organizations', 'organizations', '{tenantid}', null],
    ['consumers', 'consumers', PERSONAL_TENANT_ID, null],
    ['contoso.example', '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11', '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11', 'EU'],
  ])('for %s names its endpoints and issuer', async (tenant, segment, issuer, region) => {
    const { entraId } = entraForTest()
    const answer = await entraId.site.inject(`/${tenant}/v2.0/.well-known/openid-configuration`)
    const document = answer.json<Record<string, unknown>>()

    expect(answer.headers['cache-control']).toBe('max-age=86400, private')
    expect(document).toMatchObject({
      issuer: `${LOGIN}/${issuer}/v2.0`,
      token_endpoint: `${LOGIN}/${segment}/oauth2/v2.0/token`,
      authorization_endpoint: `${LOGIN}/${segment}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${LOGIN}/${segment}/oauth2/v2.0/devicecode`,
      end_session_endpoint: `${LOGIN}/${segment}/oauth2/v2.0/logout`,
      jwks_uri: `${LOGIN}/${segment}/discovery/v2.0/keys`,
      userinfo_endpoint: 'http://graph.test/oidc/userinfo',
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      tenant_region_scope: region,
    })
    expect(document).not.toHaveProperty('code_challenge_methods_supported')
  })

  it("carries the sandbox's time in its Date header", async () => {
    const { entraId, clock } = entraForTest()
    const answer = await entraId.site.inject('/common/v2.0/.well-known/openid-configuration')

    expect(Date.parse(String(answer.headers.date))).toBe(Math.floor(clock.now().getTime() / 1000) * 1000)
  })

  it('for an unknown tenant is the error invalid_tenant', async () => {
    const { entraId } = entraForTest()
    const answer = await entraId.site.inject('/nowhere.example/v2.0/.well-known/openid-configuration')

    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] })
  })

  it('links to keys that name the issuer of their tokens', async () => {
    const { entraId, contoso } = entraForTest()
    const issuers = async (tenant: string) =>
      (await entraId.site.inject(`/${tenant}/discovery/v2.0/keys`))
        .json<{ keys: { issuer: string }[] }>()
        .keys.map(({ issuer }) => issuer)

    expect(await issuers('common')).toEqual([`${LOGIN}/{tenantid}/v2.0`, `${LOGIN}/${PERSONAL_TENANT_ID}/v2.0`])
    expect((await issuers('contoso.example'))[0]).toBe(`${LOGIN}/${contoso.id}/v2.0`)
  })

  it('describes the requested host to MSAL', async () => {
    const { entraId } = entraForTest()
    const endpoint = encodeURIComponent(`${LOGIN}/contoso.example/oauth2/v2.0/authorize`)
    const answer = await entraId.site.inject(`/common/discovery/instance?authorization_endpoint=${endpoint}`)

    expect(answer.json()).toMatchObject({
      tenant_discovery_endpoint: `${LOGIN}/contoso.example/v2.0/.well-known/openid-configuration`,
    })
  })
})

describe('the sign-out page', () => {
  it('ends the browser session and redirects to the registered address', async () => {
    const world = entraForTest()
    const app = world.register()
    const person = await world.browse().open(authorizeUrl(app.appId))
    await signInAs(person, 'ben@contoso.example', world)
    const logout = (fields: Record<string, string>) =>
      person.open(`${LOGIN}/common/oauth2/v2.0/logout?${new URLSearchParams(fields).toString()}`)

    await logout({ post_logout_redirect_uri: CALLBACK, state: 's' })
    expect(person.url).toBe(`${CALLBACK}?state=s`)
    await logout({ post_logout_redirect_uri: 'https://evil.test/' })
    expect(person.text).toContain('You signed out of your account')
    await person.open(authorizeUrl(app.appId, { prompt: 'none' }))
    expect(answerOf(person)).toMatchObject({ error: 'login_required' })
  })
})

describe('the pages beside the sign-in', () => {
  it('explain an error code, with its evidence', async () => {
    const world = entraForTest()
    const person = await world.browse().open(`${LOGIN}/error?code=50011`)
    expect(person.text).toContain('AADSTS50011')
    await person.submit({ code: 'AADSTS7000215' })
    expect(person.text).toContain('Invalid client secret provided')
    await person.submit({ code: '<b>1' })
    expect(person.text).toContain('No error with the code “<b>1” is known here.')
  })

  it('cover the redirects of native applications and unknown addresses', async () => {
    const { entraId } = entraForTest()
    expect((await entraId.site.inject('/common/oauth2/nativeclient?code=1')).statusCode).toBe(200)
    expect((await entraId.site.inject('/common/oauth2/authorize')).statusCode).toBe(404)
  })
})

describe('the introspection endpoint for mail servers', () => {
  async function setUp(address = 'anna@contoso.example') {
    const world = entraForTest()
    const app = world.register()
    world.grantToAll(app.appId, ['openid', 'User.Read'], ['IMAP.AccessAsUser.All'])
    const scope = 'openid https://outlook.office.com/IMAP.AccessAsUser.All'
    const person = await world.browse().open(authorizeUrl(app.appId, { scope }))
    await signInAs(person, address, world)
    const form = { grant_type: 'authorization_code', client_id: app.appId, client_secret: app.secret }
    const { body } = await world.token({ ...form, code: answerOf(person)['code']!, redirect_uri: CALLBACK })
    const { id, secret } = world.entraId.introspectionCredentials
    const ask = async (token: unknown, protocol?: string, password = secret) =>
      world.entraId.site.inject({
        method: 'POST',
        url: '/introspect',
        headers: {
          authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
          ...(protocol === undefined ? {} : { 'x-dovecot-auth-protocol': protocol }),
        },
        payload: new URLSearchParams({ token: String(token) }).toString(),
      })
    return { world, app, token: String(body['access_token']), ask }
  }

  it('returns the user of a token and the mailboxes it opens', async () => {
    const { token, ask } = await setUp()
    const { active, username, aud, scope, exp, holder, mailboxes } = (await ask(token, 'imap')).json<
      Record<string, unknown>
    >()

    expect({ active, username, aud, scope, holder }).toEqual({
      active: true,
      username: 'anna@contoso.example',
      aud: 'https://outlook.office.com',
      scope: 'IMAP.AccessAsUser.All',
      holder: 'token-holder',
    })
    expect(exp).toBeGreaterThan(Date.parse('2026-11-02T09:30:00Z') / 1000)
    const opens = new RegExp(String(mailboxes))
    expect(['anna@contoso.example', 'support@contoso.example'].every((address) => opens.test(address))).toBe(true)
    expect(
      ['ben@contoso.example', 'annaxcontoso.example', 'anna@contosoxexample'].some((address) => opens.test(address)),
    ).toBe(false)
  })

  it('returns "not active" for a token with the wrong protocol or audience, an expired one, or garbage', async () => {
    const { world, token, ask } = await setUp()
    const active = async (asked: unknown, protocol?: string) =>
      (await ask(asked, protocol)).json<{ active: boolean }>().active
    expect(await active(token)).toBe(true)
    for (const protocol of ['submission', 'smtp', 'pop3', 'sieve', 'constructor']) {
      expect(await active(token, protocol)).toBe(false)
    }
    expect(await active('garbage')).toBe(false)
    expect(await active('')).toBe(false)
    expect(await world.entraId.accessTokens.verify(token, GRAPH.audience)).toEqual({ refused: 'wrong-audience' })
    world.clock.move(2 * 60 * 60 * 1000)
    expect(await active(token)).toBe(false)
  })

  it('refuses requests without the credentials', async () => {
    const { token, ask } = await setUp()
    expect((await ask(token, 'imap', 'wrong')).statusCode).toBe(401)
  })
})

describe('any request', () => {
  const world = entraForTest()
  const app = world.register()
  const single = world.register({ signInAudience: 'AzureADMyOrg' })

  const segment = fc.oneof(
    fc.constantFrom('common', 'organizations', 'consumers', 'contoso.example', world.contoso.id, 'nowhere.example'),
    fc.string({ minLength: 1, maxLength: 40 }).map(encodeURIComponent),
  )
  const known = {
    client_id: [app.appId, single.appId, app.appId.toUpperCase(), 'x'],
    client_secret: [app.secret, 'wrong', ''],
    response_type: ['code', 'id_token', 'code id_token', 'token', 'none'],
    response_mode: ['query', 'fragment', 'form_post', 'jwt'],
    redirect_uri: [CALLBACK, 'https://evil.test/', 'javascript:alert(1)', 'http://[', ''],
    scope: ['openid User.Read', '.default', 'https://graph.microsoft.com/.default', 'a/b', '%', 'https://x/y z'],
    prompt: ['none', 'login', 'consent', 'select_account', 'x'],
    login_hint: ['ben@contoso.example', 'pat@outlook.example', 'x'],
    domain_hint: ['consumers', 'contoso.example', 'x'],
    code_challenge: ['a'.repeat(43), 'short'],
    code_challenge_method: ['S256', 'plain', 'x'],
    nonce: ['n'],
    state: ['s', '<script>'],
    claims: ['{', '{"access_token":null}', '[]', 'null', '{"access_token":{"xms_cc":{"values":["cp1"]}}}'],
    grant_type: ['authorization_code', 'refresh_token', 'client_credentials', 'password', '__proto__'],
    code: ['x', `1.${'a'.repeat(30)}.${'b'.repeat(60)}`],
    refresh_token: ['x', `M.${'a'.repeat(30)}`],
    client_assertion: ['a.b.c', 'e30.e30.e30'],
    client_assertion_type: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer', 'x'],
    client_info: ['1'],
    resource: ['https://graph.microsoft.com'],
  }
  const parameters = fc.record(
    Object.fromEntries(
      Object.entries(known).map(([name, values]) => [
        name,
        fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: fc.string() }),
      ]),
    ),
    { requiredKeys: [] },
  )
  const query = fc
    .tuple(parameters, fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 3 }))
    .map(([fields, more]) =>
      new URLSearchParams([...Object.entries(fields as Record<string, string>), ...more]).toString(),
    )

  const codesIn = (text: string) => [...text.matchAll(/AADSTS(\d+)/g)].map(([, code]) => Number(code))

  it('to authorize gets a page or a redirect to the registered URI, and never anything else', () =>
    fc.assert(
      fc.asyncProperty(segment, query, async (tenant, text) => {
        const answer = await world.entraId.site.inject(`/${tenant}/oauth2/v2.0/authorize?${text}`)

        expect([200, 302, 400, 404]).toContain(answer.statusCode)
        if (answer.statusCode === 302) expect(answer.headers.location).toMatch(/^https:\/\/client\.test\/callback[?#]/)
        if (answer.statusCode === 400) expect(codesIn(answer.body).length).toBeGreaterThan(0)
        const said = codesIn(decodeURIComponent(answer.headers.location ?? '') + answer.body)
        expect(said.filter((code) => !AADSTS.has(code))).toEqual([])
        expect(answer.body.replace('<script>document.forms[0].submit()</script>', '')).not.toContain('<script')
        expect(world.reported).toEqual([])
      }),
      { numRuns: 400 },
    ))

  it('for a token gets tokens or an error of the table', () =>
    fc.assert(
      fc.asyncProperty(segment, query, fc.option(fc.webUrl()), async (tenant, payload, origin) => {
        const answer = await world.entraId.site.inject({
          method: 'POST',
          url: `/${tenant}/oauth2/v2.0/token`,
          headers: { 'content-type': 'application/x-www-form-urlencoded', ...(origin === null ? {} : { origin }) },
          payload,
        })

        expect([200, 400, 401, 404]).toContain(answer.statusCode)
        if (answer.statusCode === 200) expect(answer.json()).toHaveProperty('access_token')
        if (answer.statusCode === 400 || answer.statusCode === 401) {
          const { error, error_codes: codes } = answer.json<{ error: string; error_codes: number[] }>()
          expect(AADSTS.has(codes[0]!)).toBe(true)
          expect(error).not.toBe('')
        }
        expect(world.reported).toEqual([])
      }),
      { numRuns: 400 },
    ))

  it('to the other addresses never causes an internal error', () =>
    fc.assert(
      fc.asyncProperty(
        segment,
        query,
        fc.constantFrom('adminconsent', 'v2.0/adminconsent', 'login', 'oauth2/v2.0/logout', 'oauth2/v2.0/devicecode'),
        fc.constantFrom('GET' as const, 'POST' as const),
        async (tenant, text, path, method) => {
          const answer = await world.entraId.site.inject({
            method,
            url: `/${tenant}/${path}${method === 'GET' ? `?${text}` : ''}`,
            ...(method === 'POST'
              ? { payload: text, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
              : {}),
          })

          expect(answer.statusCode).toBeLessThan(500)
          expect(world.reported).toEqual([])
        },
      ),
      { numRuns: 300 },
    ))
})
