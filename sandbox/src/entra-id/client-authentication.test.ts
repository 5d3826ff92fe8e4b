import { CompactSign } from 'jose'
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { GRAPH } from '../tenants/index.ts'
import { entraForTest, LOGIN, payloadOf } from '../../test/entra.ts'
import { selfSignedCertificate } from './self-signed-certificate.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const [FROM, TO] = [new Date('2026-01-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z')]
const certificate = selfSignedCertificate(pair, { commonName: 'client', from: FROM, to: TO })
const digest = (algorithm: string) => createHash(algorithm).update(certificate).digest()

function setUp() {
  const world = entraForTest()
  const app = world.register()
  const { applications, consents } = world.directory
  applications.save({
    ...applications.find(app.id)!,
    keyCredentials: [
      {
        keyId: randomUUID(),
        displayName: null,
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
        key: certificate.toString('base64'),
        customKeyIdentifier: digest('sha1').toString('base64'),
        startDateTime: FROM.toISOString(),
        endDateTime: TO.toISOString(),
      },
    ],
  })
  const client = consents.addServicePrincipal(world.contoso.id, app)
  const graph = consents.findServicePrincipal(world.contoso.id, GRAPH.appId)!
  const role = GRAPH.application.find(({ value }) => value === 'Mail.Read')!
  consents.assignAppRole(client.id, graph.id, role.id)

  const scope = 'https://graph.microsoft.com/.default'
  const asApplication = (fields: Record<string, string>, { tenant = world.contoso.id, headers = {} } = {}) =>
    world.token({ grant_type: 'client_credentials', client_id: app.appId, scope, ...fields }, { tenant, headers })

  async function assertion({ alg = 'PS256', header = {}, claims = {} }: Record<string, unknown> = {}) {
    const nowSeconds = world.clock.now().getTime() / 1000
    const payload = {
      aud: `${LOGIN}/${world.contoso.id}/oauth2/v2.0/token`,
      iss: app.appId,
      sub: app.appId,
      jti: randomUUID(),
      nbf: nowSeconds,
      iat: nowSeconds,
      exp: nowSeconds + 600,
      ...(claims as object),
    }
    const named =
      Object.keys(header as object).length > 0
        ? (header as object)
        : { 'x5t#S256': digest('sha256').toString('base64url') }
    return new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: String(alg), typ: 'JWT', ...named })
      .sign(pair.privateKey)
  }
  const byCertificate = async (options: Record<string, unknown> = {}) =>
    asApplication({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(options),
    })
  return { world, app, client, asApplication, byCertificate }
}

describe('the client credentials grant', () => {
  it('issues a token with roles, without scopes and without a refresh token', async () => {
    const { world, app, client, asApplication } = setUp()
    const { status, body } = await asApplication({ client_secret: app.secret })

    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['token_type', 'expires_in', 'ext_expires_in', 'access_token'])
    const claims = payloadOf(body['access_token'])
    expect(claims).toMatchObject({ roles: ['Mail.Read'], idtyp: 'app', oid: client.id, appidacr: '1' })
    expect(claims).not.toHaveProperty('scp')
    const read = await world.entraId.accessTokens.verify(String(body['access_token']), GRAPH.audience)
    expect(read).toMatchObject({ claims: { userId: undefined, roles: new Set(['Mail.Read']), appId: app.appId } })
  })

  it('issues a token to an application without any role', async () => {
    const { app, asApplication } = setUp()
    const { body } = await asApplication({
      client_secret: app.secret,
      scope: 'https://outlook.office365.com/.default',
    })

    expect(payloadOf(body['access_token'])).not.toHaveProperty('roles')
    expect(payloadOf(body['access_token'])['aud']).toBe('https://outlook.office365.com')
  })

  it.each([
    ['on common', {}, 'common', 9001023, 'invalid_request', 400],
    ['on organizations', {}, 'organizations', 50059, 'invalid_request', 400],
    ['without a scope', { scope: '' }, undefined, 900144, 'invalid_request', 400],
    [
      'with a named permission',
      { scope: 'https://graph.microsoft.com/Mail.Read' },
      undefined,
      1002012,
      'invalid_scope',
      400,
    ],
    [
      'with two resources',
      { scope: 'https://graph.microsoft.com/.default https://outlook.office365.com/.default' },
      undefined,
      28000,
      'invalid_scope',
      400,
    ],
    [
      'for an unknown resource',
      { scope: 'https://vault.azure.net/.default' },
      undefined,
      500011,
      'invalid_resource',
      400,
    ],
    ['without a credential', { client_secret: '' }, undefined, 7000216, 'invalid_client', 401],
    ['with a wrong secret', { client_secret: 'wrong' }, undefined, 7000215, 'invalid_client', 401],
    ['where it is not present', {}, 'fabrikam.example', 7000229, 'invalid_client', 401],
  ])('refuses %s', async (_name, fields: Record<string, string>, tenant, code, error, status) => {
    const { app, asApplication } = setUp()
    const answer = await asApplication({ client_secret: app.secret, ...fields }, tenant === undefined ? {} : { tenant })

    expect(answer.body).toMatchObject({ error, error_codes: [code] })
    expect(answer.status).toBe(status)
  })
})

describe('a client secret', () => {
  it('is accepted in the form and in the Basic header', async () => {
    const { app, asApplication } = setUp()
    const basic = Buffer.from(`${app.appId}:${encodeURIComponent(app.secret)}`).toString('base64')

    expect((await asApplication({}, { headers: { authorization: `Basic ${basic}` } })).status).toBe(200)
    const wrong = Buffer.from(`${app.appId}:nonsense`).toString('base64')
    expect((await asApplication({}, { headers: { authorization: `Basic ${wrong}` } })).body).toMatchObject({
      error_codes: [7000215],
    })
    expect((await asApplication({}, { headers: { authorization: 'Basic %%%' } })).status).toBe(401)
  })

  it('is refused when its id is sent instead, and after its expiry date', async () => {
    const { world, app, asApplication } = setUp()
    const [credential] = world.directory.applications.find(app.id)!.passwordCredentials
    const byId = await asApplication({ client_secret: credential!.keyId })
    expect(byId.body['error_description']).toContain('not the client secret ID')

    world.clock.move(181 * 24 * 60 * 60 * 1000)
    const late = await asApplication({ client_secret: app.secret })
    expect(late.body).toMatchObject({ error: 'invalid_client', error_codes: [7000222] })
  })
})

describe('a certificate', () => {
  const base64 = digest('sha256').toString('base64')
  const sha1 = digest('sha1')
  it.each([
    ['PS256 and x5t#S256', {}],
    ['RS256 and x5t', { alg: 'RS256', header: { x5t: sha1.toString('base64url') } }],
    ['a padded thumbprint', { header: { 'x5t#S256': base64 } }],
    ['a thumbprint in hexadecimal', { header: { kid: sha1.toString('hex').toUpperCase() } }],
    ['the older endpoint as audience', { claims: { aud: `${LOGIN}/contoso.example/oauth2/token` } }],
  ])('authenticates the client with %s', async (_name, options) => {
    const { byCertificate } = setUp()
    const { status, body } = await byCertificate(options)

    expect(status).toBe(200)
    expect(payloadOf(body['access_token'])['appidacr']).toBe('2')
  })

  const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
  it.each([
    ['an unknown thumbprint', { header: { x5t: 'AAAA' } }, 700027],
    ['no thumbprint', { header: { cty: 'x' } }, 5002723],
    ['another audience', { claims: { aud: 'https://elsewhere.test/token' } }, 700023],
    ['another client', { claims: { iss: 'someone', sub: 'someone' } }, 700021],
    ['another subject', { claims: { sub: 'someone' } }, 50048],
    ['another issuer', { claims: { iss: 'https://token.actions.githubusercontent.com' } }, 700213],
    ['a time gone by', { claims: { exp: 1_700_000_000 } }, 700024],
    ['a time to come', { claims: { nbf: 1_900_000_000 } }, 700024],
    ['times that are no times', { claims: { nbf: 1e300, exp: -1e300 } }, 700024],
  ])('is rejected with %s', async (_name, options, code) => {
    const { byCertificate } = setUp()
    expect((await byCertificate(options)).body).toMatchObject({ error: 'invalid_client', error_codes: [code] })
  })

  it('is refused when another key signed, when it has expired, and when the assertion is malformed', async () => {
    const { world, app, byCertificate, asApplication } = setUp()
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const good = await (async () => {
      const payload = { aud: `${LOGIN}/${world.contoso.id}/v2.0`, iss: app.appId, sub: app.appId, exp: 1_793_610_000 }
      return new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'PS256', 'x5t#S256': base64 })
        .sign(other.privateKey)
    })()
    const forged = await asApplication({ client_assertion_type: type, client_assertion: good })
    expect(forged.body['error_description']).toContain('the signature did not match')
    for (const nonsense of ['a.b.c', 'nonsense', `${Buffer.from('[]').toString('base64url')}.e30.x`]) {
      const answer = await asApplication({ client_assertion_type: type, client_assertion: nonsense })
      expect(answer.body).toMatchObject({ error: 'invalid_client', error_codes: [50027] })
    }
    world.clock.move(70 * 24 * 60 * 60 * 1000)
    expect((await byCertificate()).body['error_description']).toContain('The key used is expired.')
  })
})

describe('a credential fault', () => {
  it('affects only clients with that kind of credential', async () => {
    const { world, app, asApplication, byCertificate } = setUp()
    const codesOf = async (answer: ReturnType<typeof byCertificate>) => (await answer).body['error_codes']
    const bySecret = () => asApplication({ client_secret: app.secret })
    const other = world.register({ displayName: 'Another program' })

    const { id } = world.faults.switchOn('certificate-unknown', { application: app.appId })
    expect(await codesOf(byCertificate())).toEqual([700027])
    expect((await byCertificate()).body['error_description']).toContain(digest('sha1').toString('hex').toUpperCase())
    expect((await byCertificate()).status).toBe(401)
    expect(await codesOf(bySecret())).toBeUndefined()

    world.faults.switchOff(id)
    world.faults.switchOn('secret-missing', { application: app.appId })
    world.faults.switchOn('certificate-unknown', { application: other.appId })
    expect(await codesOf(byCertificate())).toBeUndefined()
    expect(await codesOf(bySecret())).toEqual([7000218])
  })
})
