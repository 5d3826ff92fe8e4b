/** Harness with all rooms behind HTTP and the sandbox, with an admin who connects it and users who sign in there. */
import { expect } from 'vitest'
import { type Cloud, createClouds, EVERYTHING_BY_GRAPH, loadClouds } from '../../src/cloud-providers/index.ts'
import type { Database } from '../../src/database/index.ts'
import type { CloudProviderId, GrantId } from '../../src/kernel/ids.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { CONTOSO, openSandboxDirectory } from './sandbox-directory.ts'
import { type Conduct, createSandboxPerson } from './sandbox-people.ts'
import { startSandboxProcess } from './sandbox-process.ts'
import { type Answer, createTestApp } from './test-app.ts'
import { createTestClock } from './test-clock.ts'
import { testDatabase } from './test-database.ts'

const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'
const EXCHANGE_APP_ID = '00000002-0000-0ff1-ce00-000000000000'
const SCOPES = ['Mail.ReadWrite', 'Mail.Send', 'Mail.ReadWrite.Shared', 'Mail.Send.Shared', 'User.Read']

export interface Cookies {
  cookie: string
}

/** A started sign-in and its browser. */
export interface Begun {
  url: string
  browser: Cookies
}

export interface WantedSignIn {
  kind?: 'sign-in' | 'admin-consent'
  requestedAddress?: string
  requestedKind?: 'user' | 'shared'
  reconnectGrantId?: string
  alsoBy?: readonly ('imap' | 'smtp')[]
}

/**
 * `clouds` are those of the test besides `sandbox`, made of it when they are only a part. `around` wraps the database of
 * the rooms; the stage's own `database` stays the bare one.
 */
export async function createConnectingStage(
  clouds: readonly (Partial<Cloud> & { id: string })[] = [],
  changes: Parameters<typeof createTestApp>[2] = {},
  around: (database: Database) => Database = (database) => database,
) {
  const sandbox = await startSandboxProcess()
  const database = await testDatabase()
  const clock = createTestClock(await sandbox.now())
  const global = (await loadClouds()).get('global')
  const cloud = {
    ...global,
    id: 'sandbox',
    authority: sandbox.login,
    graphRoot: sandbox.graph,
    allowsHttpLoopback: true,
    imap: { host: 'localhost', port: sandbox.imapPort, tls: 'none' },
    smtp: { host: 'localhost', port: sandbox.smtpPort, tls: 'none' },
  } as const
  const app = await createTestApp(around(database), clock, {
    ...changes,
    clouds: createClouds([cloud, ...clouds.map((other) => ({ ...cloud, ...other }))]),
  })
  const { ask, rooms } = app
  const admin = await app.person('admin')

  /** Registers an application by the manifest of our own work order. */
  async function registered({
    withConsent = true,
    more = {},
    exchange = [],
  }: { withConsent?: boolean; more?: object; exchange?: readonly string[] } = {}) {
    const directory = await openSandboxDirectory(sandbox)
    const request = { cloud: 'sandbox', accountTypes: 'single-tenant', ...EVERYTHING_BY_GRAPH } as const
    return directory.register(
      { ...rooms.workOrders.draw(request).manifest, ...more },
      {
        consentTo: [
          ...(withConsent ? SCOPES.map((value) => ({ resourceAppId: GRAPH_APP_ID, value })) : []),
          ...exchange.map((value) => ({ resourceAppId: EXCHANGE_APP_ID, value })),
        ],
      },
    )
  }

  async function addProvider(clientId: string, secret: string, cloudId = 'sandbox'): Promise<CloudProviderId> {
    const { id } = await rooms.cloudProviders.create(
      {
        name: 'Contoso mail',
        cloud: cloudId,
        accountTypes: 'single-tenant',
        tenantId: CONTOSO.tenantId,
        clientId,
        contact: CONTOSO.admin,
        credential: { kind: 'secret', secret: new Secret(secret), expiresAt: undefined },
      },
      'test',
    )
    return id
  }

  /** Creates a cloud provider. `exchange`: additional consented permissions of Exchange, such as `SMTP.Send`. */
  async function newCloudProvider(
    options: { withConsent?: boolean; exchange?: readonly string[] } = {},
  ): Promise<CloudProviderId> {
    const { clientId, secret } = await registered(options)
    return addProvider(clientId, secret.value)
  }

  /** Starts a sign-in as the admin of Postkey, in a separate browser. */
  async function begin(cloudProviderId: CloudProviderId, wanted: WantedSignIn = {}): Promise<Begun> {
    const body = { cloudProviderId, kind: 'sign-in', ...wanted }
    const answer = await ask('POST /v1/authorizations', { as: admin, body })
    expect(answer.status, answer.text).toBe(201)
    return { url: (answer.body as { url: string }).url, browser: { cookie: `${admin.cookie}; ${readCookie(answer)}` } }
  }

  function atMicrosoft({ url }: Pick<Begun, 'url'>, address: string, conduct?: Conduct): Promise<URL> {
    return createSandboxPerson(sandbox, address).walk(url, conduct)
  }

  function comeBack({ pathname, search }: URL, browser: Partial<Cookies>): Promise<Answer> {
    return ask(`GET ${pathname}${search}`, { as: browser })
  }

  /** Signs in at Microsoft and returns to the result page. */
  async function walk(begun: Begun, address: string, conduct?: Conduct): Promise<Answer> {
    return comeBack(await atMicrosoft(begun, address, conduct), begun.browser)
  }

  async function grantOf(
    cloudProviderId: CloudProviderId,
    address: string,
    wanted: WantedSignIn = {},
  ): Promise<GrantId> {
    await walk(await begin(cloudProviderId, wanted), address)
    const grant = (await rooms.grants.list(cloudProviderId)).find(({ userName }) => userName === address)
    if (!grant) throw new Error(`${address} did not sign in`)
    return grant.id
  }

  return {
    ...app,
    sandbox,
    database,
    clock,
    admin,
    registered,
    addProvider,
    newCloudProvider,
    begin,
    atMicrosoft,
    comeBack,
    walk,
    grantOf,
  }
}

/** Returns the cookie header that a browser would send. */
export function readCookie({ headers }: Answer): string {
  return [headers['set-cookie']]
    .flat()
    .map((line) => String(line).split(';')[0])
    .join('; ')
}
