/** Uses an authorization server that can give wrong responses. `sandbox-walk` tests the sandbox's pages. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type GrantId, newId } from '../kernel/ids.ts'
import { atTheSameMoment } from '../../test/kit/index.ts'
import { ACTOR, BEN, createSignInStage, REDIRECT_URI, SESSION, TENANT } from '../../test/kit/sign-in-stage.ts'

const OTHER_TENANT = '8b2d4f60-93c7-4e1a-a4d5-71e6c9b0f322'
const ANNA = '00000000-0000-4000-8000-000000000002'
const HOUR_MS = 60 * 60 * 1000

const {
  cloudProviders,
  authorizations,
  grants,
  accessTokens,
  clock,
  server,
  database,
  provider,
  begin,
  signIn,
  signedIn,
} = await createSignInStage()

describe('the URL of the sign-in page', () => {
  it('requests a code with PKCE and the only redirect URI, and never forces consent again', async () => {
    const url = await begin({ requestedAddress: 'support@contoso.example' })
    const { state, nonce, code_challenge: challenge, scope, ...rest } = Object.fromEntries(url.searchParams)

    expect(url.origin + url.pathname).toBe(`${server.origin}/${TENANT}/oauth2/v2.0/authorize`)
    expect(rest).toEqual({
      client_id: (await cloudProviders.get(provider())).clientId,
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: REDIRECT_URI,
      code_challenge_method: 'S256',
      prompt: 'select_account',
      claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}',
    })
    for (const text of [state, nonce, challenge]) expect(text).toMatch(/^[\w-]{43}$/)
    expect(scope?.split(' ')).toEqual(
      expect.arrayContaining(['https://graph.microsoft.com/Mail.Send', 'openid', 'profile', 'offline_access']),
    )
  })

  it('contains the person whose grant is renewed and their tenant', async () => {
    const grantId = await signedIn()

    const { searchParams } = await begin({ reconnectGrantId: grantId })

    expect([searchParams.get('login_hint'), searchParams.get('prompt')]).toEqual(['ben@contoso.example', null])
  })

  it('is refused if the grant belongs to another provider', async () => {
    const other = await cloudProviders.create(
      {
        name: 'Other',
        cloud: 'global',
        accountTypes: 'multitenant',
        tenantId: TENANT,
        clientId: newId(),
        contact: 'ada@contoso.example',
      },
      ACTOR,
    )
    const reconnectGrantId = await signedIn()

    await expect(begin({ cloudProviderId: other.id, reconnectGrantId })).rejects.toMatchObject({
      code: 'tokens.grant_not_found',
    })
  })
})

describe('a sign-in at Microsoft', () => {
  it('becomes a grant of the person in the ID token', async () => {
    const outcome = await signIn({}, { requestedAddress: 'support@contoso.example' })

    expect(outcome).toMatchObject({
      kind: 'granted',
      tenantId: TENANT,
      userName: 'ben@contoso.example',
      scopesMissing: [],
      renewed: false,
      requestedAddress: 'support@contoso.example',
    })
    const grant = await grants.get((outcome as { grantId: GrantId }).grantId)
    expect(grant).toMatchObject({ objectId: BEN, displayName: 'Ben Ito', ended: undefined })
    expect(Object.keys(grant)).not.toContain('refreshToken')
  })

  it('stores no secret in plain text', async () => {
    let given: Record<string, unknown> = {}
    server.amend = (answer) => (given = answer)
    const { href } = await begin()
    await authorizations.complete(await server.signIn({ url: href, tenantId: TENANT, objectId: BEN }), SESSION)

    const { rows } = await database.pool.query<{ dump: string }>(
      `SELECT concat((SELECT string_agg(g::text, ' ') FROM grants g), (SELECT string_agg(t::text, ' ') FROM access_tokens t),
        (SELECT string_agg(a::text, ' ') FROM authorizations a)) AS dump`,
    )
    const { dump } = rows[0]!
    const asked = new URL(href).searchParams
    for (const secret of [given['refresh_token'], given['access_token'], asked.get('state'), asked.get('nonce')]) {
      expect(dump).not.toContain(String(secret))
      expect(dump).not.toContain(Buffer.from(String(secret)).toString('hex'))
    }
  })

  it('repeated by the same person renews the one grant, even in two browsers at once', async () => {
    const results = await atTheSameMoment(database, 'grants', 3, () => signIn())

    const ids = results.map((outcome) => (outcome.kind === 'granted' ? outcome.grantId : undefined))
    expect(new Set(ids).size).toBe(1)
    expect(results.filter((outcome) => outcome.kind === 'granted' && !outcome.renewed)).toHaveLength(1)
    expect(await grants.list(provider())).toHaveLength(1)
  })

  it('reports missing scopes', async () => {
    server.amend = (answer) => ({ ...answer, scope: 'Mail.ReadWrite User.Read profile openid' })

    expect(await signIn({}, { permissions: { receives: 'graph', sends: 'graph', kinds: ['user'] } })).toMatchObject({
      kind: 'granted',
      scopesMissing: ['https://graph.microsoft.com/Mail.Send'],
    })
  })

  it('is open to any organization if the registration is, and validates its issuer', async () => {
    await cloudProviders.update(provider(), { accountTypes: 'multitenant' }, ACTOR)
    expect((await begin()).pathname).toBe('/organizations/oauth2/v2.0/authorize')

    expect(await signIn({ tenantId: OTHER_TENANT })).toMatchObject({ kind: 'granted', tenantId: OTHER_TENANT })
    expect(await signIn({ claims: { iss: `${server.origin}/${OTHER_TENANT}/v2.0` } })).toMatchObject({
      error: { code: 'tokens.id_token_invalid' },
    })
    server.keyIssuer = `${server.origin}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`
    await server.rotateKeys()
    clock.advance(HOUR_MS)
    expect(await signIn({ tenantId: OTHER_TENANT })).toMatchObject({ error: { code: 'tokens.id_token_invalid' } })
    await server.rotateKeys()
    clock.advance(HOUR_MS)
  })

  it('continues after the signing keys rotated without notice', async () => {
    await signIn()
    await server.rotateKeys()
    clock.advance(HOUR_MS)

    expect(await signIn()).toMatchObject({ kind: 'granted' })
  })

  it.each<[string, Record<string, unknown>]>([
    ['another nonce', { nonce: 'x' }],
    ['no nonce', { nonce: undefined }],
    ['another audience', { aud: 'x' }],
    ['another issuer', { iss: 'https://login.microsoftonline.com/common/v2.0' }],
    ['a tenant that is no id', { tid: 'contoso.example' }],
    ['no object id', { oid: undefined }],
    ['an end in the past', { exp: 1_700_000_000 }],
  ])('is refused if the ID token has %s, and nothing is stored', async (_what, claims) => {
    expect(await signIn({ claims })).toMatchObject({ kind: 'failed', error: { code: 'tokens.id_token_invalid' } })
    expect(await grants.list(provider())).toEqual([])
  })

  it.each<[string, (answer: Record<string, unknown>) => Record<string, unknown>, string]>([
    ['no refresh token', ({ refresh_token: _none, ...rest }) => rest, 'refresh_token_missing'],
    ['one for a day only', (answer) => ({ ...answer, refresh_token_expires_in: 86_400 }), 'refresh_token_short'],
    ['no ID token', ({ id_token: _none, ...rest }) => rest, 'id_token_invalid'],
    [
      'an unsigned one',
      (answer) => ({ ...answer, id_token: unsigned(String(answer['id_token'])) }),
      'id_token_invalid',
    ],
  ])('is refused if Microsoft returns %s, and nothing is stored', async (_what, amend, code) => {
    server.amend = amend

    expect(await signIn()).toMatchObject({ kind: 'failed', error: { code: `tokens.${code}` } })
    expect(await grants.list(provider())).toEqual([])
  })

  it('from another organization is refused by a single-tenant registration', async () => {
    const claims = { tid: OTHER_TENANT, iss: `${server.origin}/${OTHER_TENANT}/v2.0` }
    await cloudProviders.update(provider(), { accountTypes: 'multitenant' }, ACTOR)
    const { href } = await begin()
    await cloudProviders.update(provider(), { accountTypes: 'single-tenant' }, ACTOR)

    const query = await server.signIn({ url: href, tenantId: OTHER_TENANT, objectId: BEN, claims })
    // Redeemed at the authority that issued the code, and rejected by the account types as changed since.
    expect(await authorizations.complete(query, SESSION)).toMatchObject({ error: { code: 'tokens.wrong_tenant' } })
  })
})

describe('the redirect from the sign-in page', () => {
  it('is accepted once', async () => {
    const { href } = await begin()
    const query = await server.signIn({ url: href, tenantId: TENANT, objectId: BEN })

    const outcomes = await Promise.all([1, 2, 3].map(() => authorizations.complete(query, SESSION)))

    expect(outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.error.code : outcome.kind)).sort()).toEqual([
      'granted',
      'tokens.state_used',
      'tokens.state_used',
    ])
  })

  it('is rejected in another browser session, without being used up', async () => {
    const { href } = await begin()
    const query = await server.signIn({ url: href, tenantId: TENANT, objectId: BEN })

    expect(await authorizations.complete(query, randomBytes(32))).toMatchObject({
      error: { code: 'tokens.state_foreign' },
    })
    expect(await authorizations.complete(query, SESSION)).toMatchObject({ kind: 'granted' })
  })

  it('expires after ten minutes', async () => {
    const { href } = await begin()
    const query = await server.signIn({ url: href, tenantId: TENANT, objectId: BEN })
    clock.advance(10 * 60 * 1000)

    expect(await authorizations.complete(query, SESSION)).toMatchObject({ error: { code: 'tokens.state_expired' } })
  })

  it.each(['', 'state=guessed', 'code=1', `state=${'x'.repeat(5000)}`])(
    'is refused if not started here: %.20s',
    async (query) => {
      expect(await authorizations.complete(new URLSearchParams(query), SESSION)).toMatchObject({
        kind: 'failed',
        error: { code: 'tokens.state_unknown' },
        cloudProviderId: undefined,
      })
    },
  )

  it('rejects a used code, even with a new state', async () => {
    const first = await begin()
    const query = await server.signIn({ url: first.href, tenantId: TENANT, objectId: BEN })
    await authorizations.complete(query, SESSION)
    const state = (await begin()).searchParams.get('state') ?? ''

    const replayed = new URLSearchParams({ code: query.get('code') ?? '', state })
    expect(await authorizations.complete(replayed, SESSION)).toMatchObject({ error: { code: 'tokens.code_refused' } })
  })

  it('rejects the code of another sign-in, because its PKCE challenge differs', async () => {
    const theirs = await server.signIn({ url: (await begin()).href, tenantId: TENANT, objectId: ANNA })
    const state = (await begin()).searchParams.get('state') ?? ''

    const injected = new URLSearchParams({ code: theirs.get('code') ?? '', state })
    expect(await authorizations.complete(injected, SESSION)).toMatchObject({ error: { code: 'tokens.code_refused' } })
    expect(await grants.list(provider())).toEqual([])
  })

  it.each(['', 'x'.repeat(10_000)])('is refused without a plausible code: %.5s', async (code) => {
    const state = (await begin()).searchParams.get('state') ?? ''

    expect(await authorizations.complete(new URLSearchParams({ code, state }), SESSION)).toMatchObject({
      error: { code: 'tokens.sign_in_refused' },
    })
  })

  it('reports an outage of the sign-in service', async () => {
    server.failures = [{ status: 503, body: 'maintenance' }]

    expect(await signIn()).toMatchObject({ error: { code: 'tokens.endpoint_unavailable', remedy: 'wait' } })
  })
})

describe('a renewal of a grant', () => {
  it('by another person changes nothing and reports both people', async () => {
    const grantId = await signedIn()
    const before = await grants.get(grantId)

    const outcome = await signIn({ objectId: ANNA, userName: 'anna@contoso.example' }, { reconnectGrantId: grantId })

    expect(outcome).toMatchObject({
      kind: 'failed',
      error: { code: 'tokens.other_person' },
      reconnectGrantId: grantId,
      people: { signedIn: 'anna@contoso.example', expected: 'ben@contoso.example' },
    })
    expect(await grants.list(provider())).toEqual([before])
  })

  it('by the same person under a new name restores an ended grant', async () => {
    const grantId = await signedIn()
    clock.advance(2 * HOUR_MS)
    server.failures = [{ status: 400, body: { error: 'invalid_grant', error_codes: [50173] } }]
    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'tokens.password_changed' })
    expect(await grants.get(grantId)).toMatchObject({
      state: 'needs-sign-in',
      stateReason: 'tokens.password_changed',
      stateSince: clock.now(),
      ended: { upstream: { error: 'invalid_grant', errorCodes: [50173] } },
    })

    const outcome = await signIn({ userName: 'benjamin@contoso.example' }, { reconnectGrantId: grantId })

    expect(outcome).toMatchObject({ kind: 'granted', grantId, renewed: true })
    expect(await grants.get(grantId)).toMatchObject({
      userName: 'benjamin@contoso.example',
      state: 'connected',
      ended: undefined,
    })
    await expect(accessTokens.get(grantId, 'graph')).resolves.toMatchObject({ resource: 'graph' })
  })
})

describe('an admin consent', () => {
  it('is requested from an organization, and continues with a sign-in', async () => {
    await cloudProviders.update(provider(), { accountTypes: 'multitenant' }, ACTOR)
    const url = await begin({ kind: 'admin-consent', requestedAddress: 'support@contoso.example' })
    expect(url.pathname).toBe('/organizations/v2.0/adminconsent')
    expect(url.searchParams.get('scope')?.split(' ')).toContain('https://graph.microsoft.com/Mail.Send')

    const query = { admin_consent: 'True', tenant: OTHER_TENANT, state: url.searchParams.get('state') ?? '' }
    const outcome = await authorizations.complete(new URLSearchParams(query), SESSION)

    expect(outcome).toMatchObject({
      kind: 'consent-reported',
      tenantId: OTHER_TENANT,
      requestedAddress: 'support@contoso.example',
    })
    const next = (outcome as { next: string }).next
    expect(new URL(next).searchParams.get('state')).not.toBe(query.state)
    const signedInQuery = await server.signIn({ url: next, tenantId: OTHER_TENANT, objectId: BEN })
    expect(await authorizations.complete(signedInQuery, SESSION)).toMatchObject({ kind: 'granted' })
  })

  it.each([
    [{ admin_consent: 'True', tenant: OTHER_TENANT }, 'tokens.wrong_tenant'],
    [{ admin_consent: 'True', tenant: 'x' }, 'tokens.sign_in_refused'],
    [{ code: 'x' }, 'tokens.sign_in_refused'],
    [{ error: 'consent_required', error_description: 'AADSTS65004: declined' }, 'tokens.consent_declined'],
  ])('is refused if the redirect is invalid: %j', async (answer, code) => {
    const state = (await begin({ kind: 'admin-consent' })).searchParams.get('state') ?? ''

    const query = new URLSearchParams({ ...(answer as Record<string, string>), state })
    expect(await authorizations.complete(query, SESSION)).toMatchObject({ kind: 'failed', error: { code } })
  })
})

function unsigned(idToken: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
  return `${header}.${idToken.split('.')[1] ?? ''}.`
}
