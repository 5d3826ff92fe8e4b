/** Harness of the rooms `cloud-providers` and `tokens` with a separate database and a strict authorization server. */
import { createHash, randomBytes } from 'node:crypto'
import { beforeEach } from 'vitest'
import {
  type Cloud,
  createAuthorizationServer,
  createClouds,
  createCloudProviders,
  createKeyRecords,
  loadClouds,
} from '../../src/cloud-providers/index.ts'
import type { Database } from '../../src/database/index.ts'
import { createEvents } from '../../src/events/index.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { createEgress, type Egress } from '../../src/kernel/egress.ts'
import { type CloudProviderId, type GrantId, newId } from '../../src/kernel/ids.ts'
import { checkKeyRing, createKeyRing } from '../../src/kernel/key-ring.ts'
import { Secret } from '../../src/kernel/secret.ts'
import {
  type AccessToTry,
  createCredentialTrial,
  createTokenRequests,
  createTokens,
  type NewAuthorization,
} from '../../src/tokens/index.ts'
import { type CodeOrder, startStrictAuthorizationServer } from './strict-authorization-server.ts'
import { silentLog } from './silent-log.ts'
import { createTestClock } from './test-clock.ts'
import { testDatabase } from './test-database.ts'

export const REDIRECT_URI = 'https://postkey.contoso.example/oauth/callback'
export const TENANT = '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11'
export const BEN = '00000000-0000-4000-8000-000000000003'
export const SESSION = createHash('sha256').update('session').digest()
export const ACTOR = 'person:ada'

/** Tests credentials at a token endpoint, for tests of `cloud-providers`, which may not import `tokens`. */
export const credentialTrialFor = (egress: Egress, clock: Clock) =>
  createCredentialTrial(createTokenRequests(egress, clock))

export async function createSignInStage() {
  const clock = createTestClock('2026-11-02T09:00:00Z')
  const server = await startStrictAuthorizationServer(clock)
  const database = await testDatabase()
  const cloud = { ...(await loadClouds()).get('global'), authority: server.origin, allowsHttpLoopback: true }
  const key = { id: 'test', key: randomBytes(32) }
  const keyRing = createKeyRing([key], 'test')
  await checkKeyRing(keyRing, createKeyRecords(database), clock)
  const events = createEvents(database)
  const audit = { record: () => Promise.resolve() }

  /** Starts a simulated process with its own connections, locks and memory. */
  function startProcess(itsDatabase: Database, itsCloud: Partial<Cloud> = {}, itsKeyRing = keyRing) {
    const clouds = createClouds([{ ...cloud, ...itsCloud }])
    const egress = createEgress({ allowPrivate: () => true })
    const authorizationServer = createAuthorizationServer(egress)
    const tokenRequests = createTokenRequests(egress, clock)
    const deps = {
      database: itsDatabase,
      keyRing: itsKeyRing,
      clock,
      clouds,
      authorizationServer,
      audit,
      redirectUri: REDIRECT_URI,
    }
    const cloudProviders = createCloudProviders({
      ...deps,
      events,
      tryCredential: createCredentialTrial(tokenRequests),
    })
    // Mailboxes don't exist here: mailbox access is tested with the sandbox.
    const tryAccess = () => Promise.resolve(undefined)
    const emailAccountOf = () => Promise.resolve(undefined)
    const isOwnAddress = ({ userName, address }: AccessToTry) => Promise.resolve(userName === address)
    const more = { events, log: silentLog, tryAccess, isOwnAddress, emailAccountOf }
    const tokens = createTokens({ ...deps, cloudProviders, tokenRequests, ...more })
    return { events, cloudProviders, tokenRequests, ...tokens }
  }

  const process = startProcess(database)
  const { cloudProviders, authorizations } = process
  let providerId: CloudProviderId

  beforeEach(async () => {
    server.forgetOrders()
    const provider = await cloudProviders.create(
      {
        name: 'Contoso',
        cloud: 'global',
        accountTypes: 'single-tenant',
        tenantId: TENANT,
        clientId: newId(),
        contact: 'ada@contoso.example',
        credential: { kind: 'secret', secret: new Secret('good'), expiresAt: undefined },
      },
      ACTOR,
    )
    providerId = provider.id
  })

  async function begin(more: Partial<NewAuthorization> = {}): Promise<URL> {
    const { url } = await authorizations.begin({
      cloudProviderId: providerId,
      kind: 'sign-in',
      sessionHash: SESSION,
      startedBy: ACTOR,
      ...more,
    })
    return new URL(url)
  }

  /** Starts a sign-in, signs in with `order`, and completes it. */
  async function signIn(order: Partial<CodeOrder> = {}, more: Partial<NewAuthorization> = {}) {
    const { href } = await begin(more)
    const query = await server.signIn({ url: href, tenantId: TENANT, objectId: BEN, ...order })
    return authorizations.complete(query, SESSION)
  }

  async function signedIn(): Promise<GrantId> {
    const outcome = await signIn()
    if (outcome.kind !== 'granted') throw new Error(`not signed in: ${JSON.stringify(outcome)}`)
    return outcome.grantId
  }

  return {
    ...process,
    clock,
    server,
    database,
    key,
    keyRing,
    events,
    startProcess,
    /** Cloud provider of the running test. */
    provider: () => providerId,
    begin,
    signIn,
    signedIn,
  }
}
