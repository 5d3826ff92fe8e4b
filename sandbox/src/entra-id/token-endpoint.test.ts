import { describe, expect, it } from 'vitest'
import { FIRST_PARTY } from '../tenants/index.ts'
import {
  answerOf,
  authorizeUrl,
  CALLBACK,
  type EntraForTest,
  entraForTest,
  LOGIN,
  payloadOf,
  pkce,
  signInAs,
} from '../../test/entra.ts'

const ALL = ['openid', 'profile', 'email', 'offline_access', 'User.Read', 'Mail.ReadWrite', 'Mail.Send']
const DAY_MS = 24 * 60 * 60 * 1000

/** Signs Ben in and returns the values needed to redeem the code. */
async function codeFor(
  world: EntraForTest,
  app: { appId: string; secret?: string },
  { tenant = 'organizations', address = 'ben@contoso.example', ...more }: Record<string, string> = {},
) {
  const person = await world.browse().open(authorizeUrl(app.appId, more, { tenant }))
  await signInAs(person, address, world)
  return {
    grant_type: 'authorization_code',
    client_id: app.appId,
    code: answerOf(person)['code']!,
    redirect_uri: more['redirect_uri'] ?? CALLBACK,
    ...(app.secret === undefined ? {} : { client_secret: app.secret }),
  }
}

function connected() {
  const world = entraForTest()
  const app = world.register()
  world.grantToAll(app.appId, ALL, ['IMAP.AccessAsUser.All', 'SMTP.Send'])
  const client = { client_id: app.appId, client_secret: app.secret }
  const refresh = (refreshToken: unknown, more: Record<string, string> = {}, options = {}) =>
    world.token({ grant_type: 'refresh_token', refresh_token: String(refreshToken), ...client, ...more }, options)
  return { world, app, client, refresh }
}

describe('redeeming a code', () => {
  it('returns an access token, a refresh token, an ID token and client_info', async () => {
    const { world, app } = connected()
    const form = await codeFor(world, app, { nonce: 'n-1', scope: 'openid profile email offline_access User.Read' })

    const { status, headers, body } = await world.token({ ...form, client_info: '1' })

    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'cache-control': 'no-store, no-cache',
      pragma: 'no-cache',
      'x-ms-clitelem': '1,0,0,,',
    })
    expect(body).toMatchObject({
      token_type: 'Bearer',
      scope: 'Mail.ReadWrite Mail.Send User.Read email openid profile',
    })
    expect(body['expires_in']).toBeGreaterThanOrEqual(3600)
    expect(body['expires_in']).toBeLessThanOrEqual(5400)
    expect(body['ext_expires_in']).toBe(body['expires_in'])
    const ben = world.user('ben@contoso.example')
    expect(payloadOf(body['id_token'])).toMatchObject({
      iss: `${LOGIN}/${world.contoso.id}/v2.0`,
      aud: app.appId,
      tid: world.contoso.id,
      oid: ben.id,
      preferred_username: 'ben@contoso.example',
      email: 'ben@contoso.example',
      name: 'Ben Ito',
      nonce: 'n-1',
      ver: '2.0',
    })
    expect(JSON.parse(Buffer.from(String(body['client_info']), 'base64url').toString())).toEqual({
      uid: ben.id,
      utid: world.contoso.id,
    })
  })

  it('states the time of the password only to a registration that requests it, and for a kept session the old one', async () => {
    const { world, app } = connected()
    const plain = await world.token(await codeFor(world, app))
    expect(payloadOf(plain.body['id_token'])['auth_time']).toBeUndefined()

    const optionalClaims = { idToken: [{ name: 'auth_time', essential: false } as const] }
    const asking = world.register({ optionalClaims })
    world.grantToAll(asking.appId, ALL, [])
    const person = world.browse()
    const authTime = async (more: Record<string, string>) => {
      await person.open(authorizeUrl(asking.appId, more))
      if (person.text.includes('Sign in')) await signInAs(person, 'ben@contoso.example', world)
      const client = { client_id: asking.appId, client_secret: asking.secret, redirect_uri: CALLBACK }
      const code = answerOf(person)['code']!
      const { body } = await world.token({ grant_type: 'authorization_code', code, ...client })
      return payloadOf(body['id_token'])['auth_time']
    }
    const first = Math.floor(world.clock.now().getTime() / 1000)
    expect(await authTime({})).toBe(first)
    world.clock.move(60 * 60 * 1000)
    expect(await authTime({})).toBe(first)
    expect(await authTime({ prompt: 'login' })).toBe(first + 60 * 60)
  })

  it('returns only the requested tokens', async () => {
    const { world, app } = connected()
    const { body } = await world.token(await codeFor(world, app, { scope: 'User.Read' }))

    expect(Object.keys(body)).toEqual(['token_type', 'scope', 'expires_in', 'ext_expires_in', 'access_token'])
  })

  it('succeeds once', async () => {
    const { world, app } = connected()
    const form = await codeFor(world, app)
    const answers = await Promise.all([world.token(form), world.token(form), world.token(form)])

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
    const again = await world.token(form)
    expect(again.body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] })
  })

  it.each([
    ['a code too old', { age: 10 * 60 * 1000 }, {}, 70008, 'invalid_grant'],
    ['another redirect URI', {}, { redirect_uri: `${CALLBACK}/` }, 500112, 'invalid_grant'],
    ['another tenant', {}, { tenant: 'fabrikam.example' }, 700005, 'invalid_grant'],
    [
      'a malformed code, before the secret is looked at',
      {},
      { code: 'x', client_secret: 'y' },
      9002313,
      'invalid_grant',
    ],
    ['no code', {}, { code: '' }, 900144, 'invalid_request'],
    ['no redirect URI', {}, { redirect_uri: '' }, 900144, 'invalid_request'],
    ['a verifier without a challenge', {}, { code_verifier: 'v'.repeat(43) }, 50147, 'invalid_grant'],
    ['a scope without consent', {}, { scope: 'openid User.ReadBasic.All' }, 65001, 'invalid_grant'],
    ['a scope that is none', {}, { scope: 'offline_access' }, 28002, 'invalid_scope'],
  ])(
    'refuses %s',
    async (_name, { age = 0 }: { age?: number }, { tenant, ...more }: Record<string, string>, code, error) => {
      const { world, app } = connected()
      const form = await codeFor(world, app)
      world.clock.move(age)

      const { status, body } = await world.token({ ...form, ...more }, tenant === undefined ? {} : { tenant })

      expect(body).toMatchObject({ error, error_codes: [code] })
      expect(status).toBe(400)
    },
  )

  it('checks the code verifier', async () => {
    const { world, app } = connected()
    const { verifier, challenge } = pkce()
    const s256 = await codeFor(world, app, { code_challenge: challenge, code_challenge_method: 'S256' })
    for (const wrong of [{}, { code_verifier: challenge }]) {
      expect((await world.token({ ...s256, ...wrong })).body).toMatchObject({ error_codes: [501481] })
    }
    expect((await world.token({ ...s256, code_verifier: verifier })).status).toBe(200)

    const plain = await codeFor(world, app, { code_challenge: challenge })
    expect((await world.token({ ...plain, code_verifier: challenge })).status).toBe(200)
  })

  it('issues tokens for one resource and refuses a request for several', async () => {
    const { world, app } = connected()
    const scope = 'openid offline_access User.Read https://outlook.office.com/IMAP.AccessAsUser.All'
    // IMAP is a permission of Graph, too: the first scope determines the resource, and a mail permission is accepted
    // for it.
    const mail = await world.token({ ...(await codeFor(world, app, { scope })), scope })
    expect(mail.body).toMatchObject({ error: 'invalid_grant', error_codes: [65001] })

    const exchangeFirst = 'https://outlook.office.com/IMAP.AccessAsUser.All User.Read'
    const mixed = await world.token({ ...(await codeFor(world, app, { scope: exchangeFirst })), scope: exchangeFirst })
    expect(mixed.body).toMatchObject({ error: 'invalid_scope', error_codes: [28000] })
    const implied = await world.token(await codeFor(world, app, { scope: exchangeFirst }))
    expect(implied.body).toMatchObject({ error_codes: [28003] })

    const form = await codeFor(world, app, { scope })
    const one = await world.token({ ...form, scope: 'https://outlook.office.com/IMAP.AccessAsUser.All' })
    expect(payloadOf(one.body['access_token'])['aud']).toBe('https://outlook.office.com')
    expect(one.body['scope']).toBe(
      'https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send',
    )
  })

  it('follows the platform of the redirect URI: scripts for single-page applications, secrets for web applications', async () => {
    const { world, app } = connected()
    const { verifier, challenge } = pkce()
    const { applications } = world.directory
    const spaUri = 'http://localhost:3000/spa'
    const nativeUri = 'http://localhost'
    const found = applications.find(app.id)!
    applications.save({ ...found, spa: { redirectUris: [spaUri] }, publicClient: { redirectUris: [nativeUri] } })
    const challenged = { code_challenge: challenge, code_challenge_method: 'S256' }
    const script = { headers: { origin: 'http://localhost:3000' } }
    const { secret: _secret, ...publicApp } = app

    const spa = {
      ...(await codeFor(world, publicApp, { ...challenged, redirect_uri: spaUri })),
      code_verifier: verifier,
    }
    expect((await world.token(spa)).body).toMatchObject({ error_codes: [9002327] })
    expect((await world.token({ ...spa, client_secret: app.secret }, script)).body).toMatchObject({
      error_codes: [700025],
    })
    const redeemed = await world.token(spa, script)
    expect(redeemed.status).toBe(200)
    expect(redeemed.headers['access-control-allow-origin']).toBe('*')
    const unchallenged = await codeFor(world, publicApp, { redirect_uri: spaUri })
    expect((await world.token(unchallenged, script)).body).toMatchObject({ error_codes: [9002325] })

    const web = await codeFor(world, app)
    expect((await world.token(web, script)).body).toMatchObject({ error_codes: [9002326] })
    const native = await codeFor(world, publicApp, { ...challenged, redirect_uri: 'http://localhost:51234' })
    expect((await world.token({ ...native, code_verifier: verifier, client_secret: app.secret })).body).toMatchObject({
      error: 'invalid_client',
      error_codes: [700025],
    })
    expect((await world.token({ ...native, code_verifier: verifier })).status).toBe(200)
  })

  it('treats a code of another application as unknown', async () => {
    const { world, app } = connected()
    const other = world.register()
    const form = await codeFor(world, app)

    expect((await world.token({ ...form, client_id: other.appId, client_secret: other.secret })).body).toMatchObject({
      error_codes: [70000],
    })
  })

  it("gives Microsoft's own command-line tools their admin permissions", async () => {
    const { world } = connected()
    const form = await codeFor(
      world,
      { appId: FIRST_PARTY.graphPowerShell },
      {
        redirect_uri: 'http://localhost:50001',
        scope: 'https://graph.microsoft.com/.default openid offline_access',
        address: 'ada@contoso.example',
      },
    )
    const { body } = await world.token(form)

    const { scp, wids: _wids } = payloadOf(body['access_token'])
    expect(String(scp).split(' ')).toEqual(
      expect.arrayContaining(['Application.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All']),
    )
    expect(body['scope']).toContain('https://graph.microsoft.com/.default')
  })
})

describe('a refresh', () => {
  async function signedIn(more: Record<string, string> = {}) {
    const set = connected()
    const { body } = await set.world.token(await codeFor(set.world, set.app, more))
    return { ...set, token: body['refresh_token'] }
  }

  it('returns a new refresh token and keeps the old one valid', async () => {
    const { refresh, token } = await signedIn()
    const first = await refresh(token)
    const second = await refresh(token)
    const third = await refresh(first.body['refresh_token'])

    expect([first, second, third].map(({ status }) => status)).toEqual([200, 200, 200])
    const tokens = [token, ...[first, second, third].map(({ body }) => body['refresh_token'])]
    expect(new Set(tokens).size).toBe(4)
  })

  it('serves any resource with consent', async () => {
    const { refresh, token } = await signedIn()
    const exchange = await refresh(token, {
      scope: 'https://outlook.office365.com/IMAP.AccessAsUser.All offline_access',
    })
    const graph = await refresh(exchange.body['refresh_token'], { scope: 'Mail.Send' })

    expect(payloadOf(exchange.body['access_token'])['aud']).toBe('https://outlook.office365.com')
    expect(payloadOf(graph.body['access_token'])['aud']).toBe('https://graph.microsoft.com')
  })

  it('uses the resource of the first scope, even when a later one belongs to another', async () => {
    const { refresh, token } = await signedIn()
    const audience = async (scope: string) => payloadOf((await refresh(token, { scope })).body['access_token'])['aud']

    expect(await audience('https://outlook.office.com/SMTP.Send Mail.Send')).toBe('https://outlook.office.com')
    for (const later of ['EWS.AccessAsUser.All', 'IMAP.AccessAsUser.All', 'POP.AccessAsUser.All']) {
      expect(await audience(`User.Read https://outlook.office.com/${later}`)).toBe('https://graph.microsoft.com')
    }
  })

  it('uses the scopes of the sign-in when the request has none', async () => {
    const { refresh, token } = await signedIn()
    const { body } = await refresh(token)

    expect(payloadOf(body['access_token'])['aud']).toBe('https://graph.microsoft.com')
    expect(payloadOf(body['id_token'])['nonce']).toBeUndefined()
  })

  it('succeeds until 90 days after the last use', async () => {
    const { world, refresh, token } = await signedIn()
    world.clock.move(89 * DAY_MS)
    const kept = await refresh(token)
    world.clock.move(89 * DAY_MS)
    expect((await refresh(kept.body['refresh_token'])).status).toBe(200)

    const late = await refresh(token)
    expect(late.body).toMatchObject({ error: 'invalid_grant', suberror: 'bad_token', error_codes: [700082] })
    expect(late.body['error_description']).toContain('issued on 2026-11-02T09:00:00Z and was inactive for 90.00:00:00')
  })

  it('fails 24 hours after the sign-in for single-page applications', async () => {
    const { world, app } = connected()
    const { applications } = world.directory
    applications.save({ ...applications.find(app.id)!, spa: { redirectUris: ['https://spa.test/'] } })
    const { verifier, challenge } = pkce()
    const script = { headers: { origin: 'https://spa.test' } }
    const form = await codeFor(
      world,
      { appId: app.appId },
      {
        redirect_uri: 'https://spa.test/',
        code_challenge: challenge,
        code_challenge_method: 'S256',
      },
    )
    const spaRefresh = (token: unknown) =>
      world.token({ grant_type: 'refresh_token', client_id: app.appId, refresh_token: String(token) }, script)
    const { body } = await world.token({ ...form, code_verifier: verifier }, script)
    world.clock.move(23 * 60 * 60 * 1000)
    const renewed = await spaRefresh(body['refresh_token'])
    expect(renewed.status).toBe(200)

    world.clock.move(60 * 60 * 1000)
    expect((await spaRefresh(renewed.body['refresh_token'])).body).toMatchObject({ error_codes: [700084] })
  })

  it("fails with Microsoft's error when the user, the consent or the application is gone", async () => {
    const { world, app, refresh, token } = await signedIn()
    const { people, consents } = world.directory
    const ben = world.user('ben@contoso.example')
    const client = consents.findServicePrincipal(world.contoso.id, app.appId)!
    const refusal = async () => (await refresh(token)).body

    world.clock.move(60_000)
    people.updateUser(ben.id, { tokensValidFrom: world.clock.now().getTime() })
    const revoked = await refusal()
    expect(revoked).toMatchObject({ error: 'invalid_grant', suberror: 'bad_token', error_codes: [50173] })
    expect(revoked['error_description']).toContain("issued on '2026-11-02T09:00:00Z'")
    people.updateUser(ben.id, { tokensValidFrom: 0, accountEnabled: false })
    expect(await refusal()).toMatchObject({ error: 'invalid_grant', error_codes: [50057] })
    people.updateUser(ben.id, { accountEnabled: true })

    consents.saveServicePrincipal({ ...client, accountEnabled: false })
    expect(await refusal()).toMatchObject({ error: 'unauthorized_client', error_codes: [7000112] })
    consents.saveServicePrincipal({ ...client, accountEnabled: true })
    for (const grant of consents.listGrants(client.id)) consents.removeGrant(grant.id)
    expect(await refusal()).toMatchObject({ suberror: 'consent_required', error_codes: [65001] })

    world.directory.applications.remove(app.id)
    expect(await refusal()).toMatchObject({ error: 'unauthorized_client', error_codes: [700016] })
  })

  it('succeeds only for the client and the tenant of the token', async () => {
    const { world, refresh, token } = await signedIn()
    const other = world.register()

    expect((await refresh(token, { client_id: other.appId, client_secret: other.secret })).body).toMatchObject({
      error: 'invalid_grant',
      suberror: 'client_mismatch',
    })
    expect((await refresh(token, {}, { tenant: world.fabrikam.id })).body).toMatchObject({ error_codes: [50020] })
    expect((await refresh('nonsense')).body).toMatchObject({ error: 'invalid_grant', error_codes: [9002313] })
  })

  it('succeeds for a guest in the inviting tenant until the home session is revoked', async () => {
    const { world, app, refresh } = connected()
    const form = await codeFor(world, app, { address: 'carla@fabrikam.example', tenant: world.contoso.id })
    const { body } = await world.token({ ...form, client_info: '1' }, { tenant: world.contoso.id })
    const carla = world.user('carla@fabrikam.example')
    expect(payloadOf(body['access_token'])).toMatchObject({ tid: world.contoso.id, acct: 1 })
    expect(payloadOf(body['access_token'])['oid']).not.toBe(carla.id)
    expect(Buffer.from(String(body['client_info']), 'base64url').toString()).toContain(carla.id)

    expect((await refresh(body['refresh_token'], {}, { tenant: world.contoso.id })).status).toBe(200)
    world.clock.move(1000)
    world.directory.people.updateUser(carla.id, { tokensValidFrom: world.clock.now().getTime() })
    expect((await refresh(body['refresh_token'])).body).toMatchObject({ error_codes: [50173] })
  })

  it('fails with a separate error text for personal accounts', async () => {
    const world = entraForTest()
    const app = world.register({ signInAudience: 'AzureADandPersonalMicrosoftAccount' })
    const person = await world
      .browse()
      .open(
        authorizeUrl(
          app.appId,
          { scope: 'openid offline_access https://outlook.office.com/IMAP.AccessAsUser.All' },
          { tenant: 'common' },
        ),
      )
    await signInAs(person, 'pat@outlook.example', world)
    await person.submit({}, { button: 'Accept' })
    const form = { client_id: app.appId, client_secret: app.secret, redirect_uri: CALLBACK }
    const redeemed = await world.token(
      { ...form, grant_type: 'authorization_code', code: answerOf(person)['code']! },
      { tenant: 'common' },
    )
    expect(redeemed.body['access_token']).toMatch(/^EwB/)
    expect(redeemed.body['refresh_token']).toMatch(/^M\.C/)

    const graph = await world.token(
      {
        ...form,
        grant_type: 'refresh_token',
        refresh_token: String(redeemed.body['refresh_token']),
        scope: 'Mail.Read',
      },
      { tenant: 'common' },
    )
    expect(graph.body).toMatchObject({ error: 'invalid_grant', error_codes: [70000] })
    expect(graph.body['error_description']).toContain('unauthorized or expired')
  })
})

describe('an error of the token endpoint', () => {
  it("has Microsoft's format, with the ids for support", async () => {
    const { world, client } = connected()
    const id = '7d5a2d38-6f10-4f0d-9d0a-2a9f6a3c1c11'
    const { status, headers, body } = await world.token(
      { grant_type: 'refresh_token', ...client, refresh_token: 'x' },
      { headers: { 'client-request-id': id, 'return-client-request-id': 'true' } },
    )

    expect(status).toBe(400)
    expect(headers).toMatchObject({ 'x-ms-clitelem': '1,9002313,0,,', 'client-request-id': id })
    expect(body).toEqual({
      error: 'invalid_grant',
      error_description: `AADSTS9002313: Invalid request. Request is malformed or invalid. Trace ID: ${String(body['trace_id'])} Correlation ID: ${id} Timestamp: 2026-11-02 09:00:00Z`,
      error_codes: [9002313],
      timestamp: '2026-11-02 09:00:00Z',
      trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      correlation_id: id,
      error_uri: `${LOGIN}/error?code=9002313`,
    })
  })

  it.each([
    ['nothing', {}, 900144, 'invalid_request'],
    ['no client', { grant_type: 'authorization_code' }, 900144, 'invalid_request'],
    ['an unknown grant', { grant_type: 'magic', client_id: 'x' }, 70003, 'unsupported_grant_type'],
    [
      'a grant by the name of an object property',
      { grant_type: 'constructor', client_id: 'x' },
      70003,
      'unsupported_grant_type',
    ],
    [
      'a device code of an unknown application',
      { grant_type: 'device_code', client_id: 'x' },
      700016,
      'unauthorized_client',
    ],
    [
      'a password for an unknown application',
      { grant_type: 'password', client_id: 'x' },
      700016,
      'unauthorized_client',
    ],
    ['an unknown client', { grant_type: 'refresh_token', client_id: 'x' }, 700016, 'unauthorized_client'],
  ])('begins with %s', async (_name, fields, code, error) => {
    const { world } = connected()
    expect((await world.token(fields as Record<string, string>)).body).toMatchObject({ error, error_codes: [code] })
  })

  it('can concern the tenant, the method or the form', async () => {
    const { world } = connected()
    expect((await world.token({}, { tenant: 'nowhere.example' })).body).toMatchObject({
      error: 'invalid_request',
      error_codes: [90002],
    })
    const { site } = world.entraId
    const got = await site.inject('/organizations/oauth2/v2.0/token')
    expect(got.json()).toMatchObject({ error_codes: [900561] })
    const json = await site.inject({ method: 'POST', url: '/organizations/oauth2/v2.0/token', payload: { a: 1 } })
    expect(json.json()).toMatchObject({ error_codes: [900144] })
    const long = await site.inject({
      method: 'POST',
      url: '/organizations/oauth2/v2.0/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `code=${'x'.repeat(70_000)}`,
    })
    expect(long.json()).toMatchObject({ error_codes: [9002313] })
  })
})
