/** People use the pages of the local Microsoft 365, and the resulting tokens open a mailbox there. */
import { createHash, randomBytes } from 'node:crypto'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createAuthorizationServer,
  createClouds,
  createCloudProviders,
  createKeyRecords,
  createWorkOrders,
  EVERYTHING_BY_GRAPH,
  loadClouds,
  listLoopbackOrigins,
} from '../cloud-providers/index.ts'
import { createEgress } from '../kernel/egress.ts'
import type { CloudProviderId } from '../kernel/ids.ts'
import { checkKeyRing, createKeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'
import {
  type Conduct,
  CONTOSO,
  createSandboxPerson,
  createTestClock,
  openSandboxDirectory,
  type RegisteredApplication,
  type SandboxDirectory,
  silentLog,
  startSandboxProcess,
  testDatabase,
} from '../../test/kit/index.ts'
import type { AuthorizationOutcome, NewAuthorization } from './authorization.ts'
import { createTokens } from './create-tokens.ts'
import { createCredentialTrial } from './credential-trial.ts'
import { createTokenRequests } from './token-requests.ts'

const REDIRECT_URI = 'https://postkey.contoso.example/oauth/callback'
const SESSION = createHash('sha256').update('session').digest()
const ACTOR = 'person:ada'
const BEN = 'ben@contoso.example'
const ANNA = 'anna@contoso.example'
const HOUR_MS = 60 * 60 * 1000

const sandbox = await startSandboxProcess()
const database = await testDatabase()
const clock = createTestClock(await sandbox.now())
const cloud = {
  ...(await loadClouds()).get('global'),
  authority: sandbox.login,
  graphRoot: sandbox.graph,
  allowsHttpLoopback: true,
}
const clouds = createClouds([cloud])
const egress = createEgress({ allowPrivate: (origin) => listLoopbackOrigins(clouds).has(origin) })
const keyRing = createKeyRing([{ id: 'test', key: randomBytes(32) }], 'test')
const audit = { record: () => Promise.resolve() }
const authorizationServer = createAuthorizationServer(egress)
const deps = { database, keyRing, clock, clouds, authorizationServer, audit, redirectUri: REDIRECT_URI }
const events = { append: () => Promise.resolve() }
const tokenRequests = createTokenRequests(egress, clock)
const cloudProviders = createCloudProviders({ ...deps, events, tryCredential: createCredentialTrial(tokenRequests) })
const { authorizations, grants, accessTokens } = createTokens({
  ...deps,
  cloudProviders,
  tokenRequests,
  events,
  log: silentLog,
  tryAccess: () => Promise.resolve(undefined),
  isOwnAddress: ({ userName, address }) => Promise.resolve(userName === address),
  emailAccountOf: () => Promise.resolve(undefined),
})
const workOrders = createWorkOrders({ ...deps, cloudProviders, publicUrl: 'https://postkey.contoso.example' })

let directory: SandboxDirectory
let registered: RegisteredApplication
let cloudProviderId: CloudProviderId

beforeAll(async () => {
  await checkKeyRing(keyRing, createKeyRecords(database), clock)
  directory = await openSandboxDirectory(sandbox)
  // Without consent: the organization does not allow user consent, the default since November 2025.
  const { manifest } = workOrders.draw({ cloud: cloud.id, accountTypes: 'single-tenant', ...EVERYTHING_BY_GRAPH })
  registered = await directory.register(manifest)
  const { clientId, secret } = registered
  const provider = await cloudProviders.create(
    {
      name: 'Contoso',
      cloud: cloud.id,
      accountTypes: 'single-tenant',
      tenantId: CONTOSO.tenantId,
      clientId,
      contact: CONTOSO.admin,
      credential: { kind: 'secret', secret: new Secret(secret.value), expiresAt: secret.expiresAt },
    },
    ACTOR,
  )
  cloudProviderId = provider.id
})

async function walk(
  address: string,
  { conduct = 'accept', ...more }: Partial<NewAuthorization> & { conduct?: Conduct } = {},
): Promise<AuthorizationOutcome> {
  const begun = { cloudProviderId, kind: 'sign-in', sessionHash: SESSION, startedBy: ACTOR, ...more } as const
  const { url } = await authorizations.begin(begun)
  const callback = await createSandboxPerson(sandbox, address).walk(url, conduct)
  expect(callback.origin + callback.pathname).toBe(REDIRECT_URI)
  return authorizations.complete(callback.searchParams, SESSION)
}

async function connect(address: string, more: Partial<NewAuthorization> = {}) {
  const outcome = await walk(address, more)
  if (outcome.kind !== 'granted') throw new Error(`not signed in: ${JSON.stringify(outcome)}`)
  return outcome
}

const readMail = (token: Secret) =>
  fetch(`${sandbox.graph}/v1.0/me/messages?$top=1`, { headers: { authorization: `Bearer ${token.reveal()}` } })

describe('a person of the local Microsoft 365', () => {
  it('gets the error that an admin has to consent, after returning from that page', async () => {
    expect(await walk(BEN, { conduct: 'cancel-at-needs-admin' })).toMatchObject({
      kind: 'failed',
      error: { code: 'tokens.consent_required', upstream: { error: 'access_denied', errorCodes: [90094] } },
    })
    expect(await grants.list()).toEqual([])
  })

  it('signs in without another prompt once an admin has consented for the organization', async () => {
    expect(await walk(CONTOSO.admin, { kind: 'admin-consent', conduct: 'cancel-at-admin-consent' })).toMatchObject({
      error: { code: 'tokens.consent_declined' },
    })

    const reported = await walk(CONTOSO.admin, { kind: 'admin-consent', requestedAddress: BEN })
    expect(reported).toMatchObject({ kind: 'consent-reported', tenantId: CONTOSO.tenantId, requestedAddress: BEN })

    const { next } = reported as { next: string }
    const callback = await createSandboxPerson(sandbox, BEN).walk(next, 'cancel-at-consent')
    expect(await authorizations.complete(callback.searchParams, SESSION)).toMatchObject({
      kind: 'granted',
      userName: BEN,
      tenantId: CONTOSO.tenantId,
      scopesMissing: [],
      requestedAddress: BEN,
    })
  })

  it('changes nothing by canceling', async () => {
    const before = await grants.list()

    expect(await walk(ANNA, { conduct: 'cancel-at-password' })).toMatchObject({
      error: { code: 'tokens.sign_in_cancelled', remedy: 'sign-in' },
    })
    expect(await grants.list()).toEqual(before)
  })

  it('opens the mailbox, also with MFA, at once and after the token has expired', async () => {
    const { grantId } = await connect(ANNA)
    const first = await accessTokens.get(grantId, 'graph')
    expect((await readMail(first.value)).status).toBe(200)

    // Clients that support claims challenges get tokens for 20 to 28 hours.
    expect(first.expiresAt.getTime() - clock.now().getTime()).toBeGreaterThan(20 * HOUR_MS - 60_000)
    clock.advance(29 * HOUR_MS)
    await sandbox.advance(29 * HOUR_MS)
    const later = await accessTokens.get(grantId, 'graph')

    expect((await readMail(first.value)).status).toBe(401)
    expect((await readMail(later.value)).status).toBe(200)
    expect(later.scope).toEqual(first.scope)
  })

  it("can't renew another person's sign-in", async () => {
    const { grantId } = await connect(BEN)
    const before = await grants.list()

    expect(await walk(ANNA, { reconnectGrantId: grantId })).toMatchObject({
      error: { code: 'tokens.other_person' },
      people: { signedIn: ANNA, expected: BEN },
    })
    expect(await grants.list()).toEqual(before)
  })

  it('can renew their own sign-in after the secret was replaced', async () => {
    const { grantId } = await connect(BEN)
    directory = await openSandboxDirectory(sandbox)
    const path = `/applications/${registered.objectId}`
    await directory.ask('POST', `${path}/removePassword`, { keyId: registered.secret.keyId })
    clock.advance(28 * HOUR_MS)
    await sandbox.advance(28 * HOUR_MS)
    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'cloud_providers.secret_wrong' })

    directory = await openSandboxDirectory(sandbox)
    const { secretText } = await directory.ask<{ secretText: string }>('POST', `${path}/addPassword`, {})
    await cloudProviders.addCredential(
      cloudProviderId,
      { kind: 'secret', secret: new Secret(secretText), expiresAt: undefined },
      ACTOR,
    )

    // No sign-in was necessary.
    expect((await readMail((await accessTokens.get(grantId, 'graph')).value)).status).toBe(200)
    expect(await connect(BEN, { reconnectGrantId: grantId })).toMatchObject({ grantId, renewed: true })
  })

  it('has to sign in again after 90 days without use', async () => {
    const { grantId } = await connect(BEN)
    clock.advance(91 * 24 * HOUR_MS)
    await sandbox.advance(91 * 24 * HOUR_MS)

    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({
      code: 'tokens.unused_too_long',
      remedy: 'sign-in',
      upstream: { error: 'invalid_grant', errorCodes: [700082] },
    })
    expect(await grants.get(grantId)).toMatchObject({ ended: { upstream: { errorCodes: [700082] } } })
    expect(await connect(BEN, { reconnectGrantId: grantId })).toMatchObject({ grantId, renewed: true })
    await expect(accessTokens.get(grantId, 'graph')).resolves.toBeDefined()
  })
})

describe('a fault of the local Microsoft 365', () => {
  const faults = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${sandbox.controlPanel}/api/faults${path}`, {
      method,
      ...(body !== undefined && { headers, body: JSON.stringify(body) }),
    })
    expect(answer.status).toBeLessThan(300)
    return answer.status === 204 ? undefined : answer.json()
  }

  async function expireTokens(): Promise<void> {
    clock.advance(29 * HOUR_MS)
    await sandbox.advance(29 * HOUR_MS)
  }

  afterEach(() => faults('DELETE', ''))

  it.each([
    ['password-changed', 'password_changed', 'needs-sign-in'],
    ['sessions-revoked', 'password_changed', 'needs-sign-in'],
    ['password-expired', 'password_expired', 'needs-sign-in'],
    ['refresh-token-inactive', 'unused_too_long', 'needs-sign-in'],
    ['refresh-token-max-lifetime', 'lifetime_over', 'needs-sign-in'],
    ['refresh-token-single-page', 'single_page_day_over', 'needs-sign-in'],
    ['sign-in-frequency', 'sign_in_frequency', 'needs-sign-in'],
    ['mfa-required', 'mfa_required', 'needs-sign-in'],
    ['mfa-enrolment-required', 'mfa_required', 'needs-sign-in'],
    ['user-disabled', 'account_disabled', 'needs-sign-in'],
    ['user-deleted', 'account_deleted', 'needs-sign-in'],
    ['account-locked', 'account_locked', 'needs-sign-in'],
    ['device-not-managed', 'device_required', 'needs-sign-in'],
    ['tenant-policy-block', 'policy_ended_sign_in', 'needs-sign-in'],
    ['assignment-required', 'not_assigned', 'needs-sign-in'],
    ['resource-not-enabled', 'service_missing', 'needs-sign-in'],
    ['conditional-access-block', 'blocked_by_policy', 'needs-admin'],
    ['consent-withdrawn', 'consent_required', 'needs-admin'],
    ['entra-unavailable', 'endpoint_unavailable', 'degraded'],
    ['token-endpoint-throttled', 'endpoint_unavailable', 'degraded'],
    ['entra-maintenance-page', 'endpoint_unavailable', 'degraded'],
    ['loop-detected', 'endpoint_unavailable', 'degraded'],
  ] as const)('%s causes the error %s and the grant state %s', async (name, code, state) => {
    const { grantId } = await connect(BEN)
    await expireTokens()
    await faults('POST', '', { name, on: { user: BEN } })

    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: `tokens.${code}` })
    expect(await grants.get(grantId)).toMatchObject({ state, stateReason: `tokens.${code}` })

    await faults('DELETE', '')
    // A fault leaves no effect behind, except a grant that Microsoft ended.
    if (state === 'needs-sign-in') await connect(BEN, { reconnectGrantId: grantId })
    await expect(accessTokens.get(grantId, 'graph')).resolves.toBeDefined()
    expect(await grants.get(grantId)).toMatchObject({ state: 'connected', stateReason: undefined })
  })

  it('losing a response is distinguished from theft under strict rotation, and has no effect under the usual one', async () => {
    const { grantId } = await connect(BEN)
    const loseAnswer = async () => {
      await expireTokens()
      const { id } = (await faults('POST', '', { name: 'token-answer-lost', on: { user: BEN } })) as { id: string }
      await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code: 'tokens.endpoint_unavailable' })
      await faults('DELETE', `/${id}`)
    }
    await loseAnswer()
    await expect(accessTokens.get(grantId, 'graph')).resolves.toBeDefined()

    await faults('POST', '', { name: 'strict-rotation', on: { user: BEN } })
    await loseAnswer()

    const code = 'tokens.grant_lost_in_flight'
    await expect(accessTokens.get(grantId, 'graph')).rejects.toMatchObject({ code, remedy: 'sign-in' })
    expect(await grants.get(grantId)).toMatchObject({ state: 'needs-sign-in', stateReason: code })
  })
})
