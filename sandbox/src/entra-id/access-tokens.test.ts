import { compactVerify, createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { EXCHANGE, GRAPH, PERSONAL_TENANT_ID } from '../tenants/index.ts'
import { answerOf, authorizeUrl, CALLBACK, entraForTest, LOGIN, payloadOf, signInAs } from '../../test/entra.ts'
import { createEntraId, subjectOf } from './index.ts'

async function tokensFor(
  scope: string,
  {
    address = 'ben@contoso.example',
    tenant = 'common',
    claims,
  }: { address?: string; tenant?: string; claims?: string } = {},
) {
  const world = entraForTest()
  const app = world.register({ signInAudience: 'AzureADandPersonalMicrosoftAccount' })
  world.grantToAll(app.appId, ['openid', 'profile', 'User.Read', 'Mail.Read'], ['IMAP.AccessAsUser.All'])
  const person = await world.browse().open(authorizeUrl(app.appId, { scope }, { tenant }))
  await signInAs(person, address, world)
  if (person.text.includes('Permissions requested')) await person.submit({}, { button: 'Accept' })
  const { body } = await world.token(
    {
      grant_type: 'authorization_code',
      client_id: app.appId,
      client_secret: app.secret,
      code: answerOf(person)['code']!,
      redirect_uri: CALLBACK,
      ...(claims === undefined ? {} : { claims }),
    },
    { tenant },
  )
  const keys = (await world.entraId.site.inject(`/${tenant}/discovery/v2.0/keys`)).json<JSONWebKeySet>()
  return { world, app, body, accessToken: String(body['access_token']), keySet: createLocalJWKSet(keys) }
}

describe('an access token for Graph', () => {
  it('carries user and scopes in the v1.0 format at a realistic size', async () => {
    const { world, app, accessToken } = await tokensFor('openid profile User.Read')
    const claims = payloadOf(accessToken)
    const ben = world.user('ben@contoso.example')

    expect(claims).toMatchObject({
      aud: 'https://graph.microsoft.com',
      iss: `${LOGIN}/${world.contoso.id}/`,
      appid: app.appId,
      appidacr: '1',
      oid: ben.id,
      upn: 'ben@contoso.example',
      unique_name: 'ben@contoso.example',
      scp: 'Mail.Read User.Read openid profile',
      tid: world.contoso.id,
      ver: '1.0',
      sub: subjectOf({ tenantId: world.contoso.id, appId: app.appId, userId: ben.id }),
    })
    expect(accessToken.length).toBeGreaterThan(1500)
    expect(accessToken.length).toBeLessThan(2500)
  })

  it('is accepted by Graph and fails standard JWT verification', async () => {
    const { world, accessToken, keySet } = await tokensFor('openid User.Read')

    await expect(compactVerify(accessToken, keySet)).rejects.toThrow('signature verification failed')
    expect(await world.entraId.accessTokens.verify(accessToken, GRAPH.audience)).toMatchObject({
      claims: { tenantId: world.contoso.id, issuedAt: world.clock.now().getTime(), claimsCapable: false },
    })
  })

  it('is refused when it is missing, expired, changed or for another resource', async () => {
    const { world, accessToken } = await tokensFor('openid User.Read')
    const { accessTokens } = world.entraId
    const refusal = async (token: string, audience = GRAPH.audience) =>
      (await accessTokens.verify(token, audience)) as { refused?: string }
    const [header, payload, signature] = accessToken.split('.')
    const changed = Buffer.from(JSON.stringify({ ...payloadOf(accessToken), scp: 'Mail.ReadWrite' })).toString(
      'base64url',
    )

    expect(await refusal('')).toEqual({ refused: 'empty' })
    expect(await refusal('nonsense')).toEqual({ refused: 'malformed' })
    expect(await refusal('EwBnonsense')).toEqual({ refused: 'malformed' })
    expect(await refusal(`${header!}.${changed}.${signature!}`)).toEqual({ refused: 'bad-signature' })
    expect(await refusal(`${header!}.${payload!}.AAAA`)).toEqual({ refused: 'bad-signature' })
    expect(await refusal(accessToken, EXCHANGE.audience)).toEqual({ refused: 'wrong-audience' })
    world.clock.move(90 * 60 * 1000 + 1000)
    expect(await refusal(accessToken)).toEqual({ refused: 'expired' })
  })

  it('is valid for a day when the client supports claims challenges', async () => {
    const claims = '{"access_token":{"xms_cc":{"values":["cp1"]}}}'
    const { world, body, accessToken } = await tokensFor('openid User.Read', { claims })

    expect(body['expires_in']).toBeGreaterThanOrEqual(20 * 3600)
    expect(body['expires_in']).toBeLessThanOrEqual(28 * 3600)
    expect(await world.entraId.accessTokens.verify(accessToken, GRAPH.audience)).toMatchObject({
      claims: { claimsCapable: true },
    })
  })
})

describe('an access token for Exchange', () => {
  it('passes standard JWT verification', async () => {
    const { world, accessToken, keySet } = await tokensFor('openid https://outlook.office.com/IMAP.AccessAsUser.All')

    await compactVerify(accessToken, keySet)
    expect(await world.entraId.accessTokens.verify(accessToken, EXCHANGE.audience)).toMatchObject({
      claims: { scopes: new Set(['IMAP.AccessAsUser.All']) },
    })
  })
})

describe('the tokens of a personal account', () => {
  it('are opaque and accepted', async () => {
    const { world, accessToken } = await tokensFor('openid User.Read', { address: 'pat@outlook.example' })

    expect(accessToken).toMatch(/^EwB/)
    expect(await world.entraId.accessTokens.verify(accessToken, GRAPH.audience)).toMatchObject({
      claims: { tenantId: PERSONAL_TENANT_ID, scopes: new Set(['User.Read', 'openid']) },
    })
    expect(await world.entraId.accessTokens.verify(accessToken, EXCHANGE.audience)).toEqual({
      refused: 'wrong-audience',
    })
  })

  it('come with an ID token that only the keys for personal accounts verify', async () => {
    const { world, app, body } = await tokensFor('openid User.Read', { address: 'pat@outlook.example' })
    const issuer = `${LOGIN}/${PERSONAL_TENANT_ID}/v2.0`
    const { keys } = (await world.entraId.site.inject('/common/discovery/v2.0/keys')).json<{
      keys: { kid: string; issuer: string }[]
    }>()
    const now = world.clock.now()

    const consumers = createLocalJWKSet({ keys: keys.filter((key) => key.issuer === issuer) })
    await jwtVerify(String(body['id_token']), consumers, { issuer, audience: app.appId, currentDate: now })
    const organizations = createLocalJWKSet({ keys: keys.filter((key) => key.issuer !== issuer) })
    await expect(jwtVerify(String(body['id_token']), organizations, { currentDate: now })).rejects.toThrow(
      'no applicable key',
    )
  })
})

describe('the signing keys', () => {
  it('are published with a certificate that carries the same key and its id', async () => {
    const { entraId } = entraForTest()
    const { keys } = (await entraId.site.inject('/common/discovery/v2.0/keys')).json<{
      keys: { kid: string; x5t: string; x5c: string[]; n: string }[]
    }>()

    for (const { kid, x5t, x5c, n } of keys) {
      const certificate = new X509Certificate(Buffer.from(x5c[0]!, 'base64'))
      expect(certificate.verify(certificate.publicKey)).toBe(true)
      expect(certificate.publicKey.export({ format: 'jwk' }).n).toBe(n)
      expect(Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64url')).toBe(kid)
      expect(x5t).toBe(kid)
    }
  })

  it('verify the tokens they signed after a restart', async () => {
    const { world, accessToken } = await tokensFor('openid User.Read')
    const { database, clock, directory, settings, faults } = world
    const restarted = createEntraId({ database, clock, directory, settings, faults, report: () => undefined })

    expect(await restarted.accessTokens.verify(accessToken, GRAPH.audience)).toHaveProperty('claims')
    const keysOf = async ({ site }: typeof restarted) => (await site.inject('/common/discovery/v2.0/keys')).body
    expect(await keysOf(restarted)).toBe(await keysOf(world.entraId))
  })

  it('can be rotated while tokens of the old key stay valid', async () => {
    const { world, accessToken } = await tokensFor('openid User.Read')
    const kidsOf = async () =>
      (await world.entraId.site.inject('/common/discovery/v2.0/keys'))
        .json<{ keys: { kid: string }[] }>()
        .keys.map(({ kid }) => kid)
    const before = await kidsOf()
    const { kid } = world.entraId.rotateSigningKey('organizations')

    expect(await kidsOf()).toEqual([...before, kid])
    expect(await world.entraId.accessTokens.verify(accessToken, GRAPH.audience)).toHaveProperty('claims')
  })
})
