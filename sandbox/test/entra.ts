/** Entra ID in memory with the seeded tenants, two registrations, and a test browser. */
import { createHash, randomBytes } from 'node:crypto'
import type { MovableClock } from '../src/kernel/clock.ts'
import { openDatabase } from '../src/kernel/database.ts'
import {
  type Application,
  createDirectory,
  EXCHANGE,
  GRAPH,
  PASSWORD,
  type Resource,
  seedTenants,
} from '../src/tenants/index.ts'
import { createPerson, overInject, type Person } from './browser.ts'
import { createEntraId, currentMfaCode, type KeyPair, newKeyPair } from '../src/entra-id/index.ts'
import { createFaults } from '../src/faults/index.ts'

export const LOGIN = 'http://login.test'
export const CALLBACK = 'https://client.test/callback'

/** Creating an RSA key takes longer than most tests. Each Entra ID gets the same keys in the same order. */
const KEY_PAIRS: KeyPair[] = []
function keyPairs(): () => KeyPair {
  let next = 0
  return () => (KEY_PAIRS[next++] ??= newKeyPair())
}

export type EntraForTest = ReturnType<typeof entraForTest>

export function entraForTest(options: { login?: string } = {}) {
  const login = options.login ?? LOGIN
  const database = openDatabase(':memory:')
  let nowMs = Date.parse('2026-11-02T09:00:00Z')
  const clock: MovableClock = {
    now: () => new Date(nowMs),
    offsetMs: 0,
    move: (byMs) => void (nowMs += byMs),
    onMove: () => undefined,
  }
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  const addresses = {
    login,
    graph: 'http://graph.test',
    portal: 'http://portal.test',
    controlPanel: 'http://desk.test',
  }
  const reported: unknown[] = []
  const settings = { listening: addresses, named: addresses }
  const faults = createFaults(database, clock, directory)
  const entraId = createEntraId({
    database,
    clock,
    directory,
    settings,
    faults,
    report: (error) => reported.push(error),
    createKeyPair: keyPairs(),
  })
  const { people, applications, consents } = directory
  const contoso = people.findTenant('contoso.example')!
  const fabrikam = people.findTenant('fabrikam.example')!

  const scopes = (resource: Resource, ...values: string[]) => ({
    resourceAppId: resource.appId,
    resourceAccess: values.map((value) => ({
      id: resource.delegated.find((permission) => permission.value === value)!.id,
      type: 'Scope' as const,
    })),
  })

  function register(fields: Partial<Application> = {}, tenantId = contoso.id): Application & { secret: string } {
    const application = applications.add(tenantId, {
      displayName: 'Mail connector',
      signInAudience: 'AzureADMultipleOrgs',
      web: {
        redirectUris: [CALLBACK],
        logoutUrl: null,
        implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: false },
      },
      requiredResourceAccess: [
        scopes(GRAPH, 'User.Read', 'Mail.ReadWrite', 'Mail.Send', 'offline_access'),
        scopes(EXCHANGE, 'IMAP.AccessAsUser.All'),
      ],
      ...fields,
    })
    const { secretText } = applications.addPassword(application.id, { displayName: 'test' })
    return { ...applications.find(application.id)!, secret: secretText }
  }

  /** Grants admin consent for all users. */
  function grantToAll(appId: string, graph: string[], exchange: string[] = [], tenantId = contoso.id): void {
    const application = applications.findByAppId(appId)!
    const client = consents.addServicePrincipal(tenantId, application)
    const to = (resource: Resource, values: string[]) => {
      if (values.length === 0) return
      consents.grant(client.id, consents.findServicePrincipal(tenantId, resource.appId)!.id, values, null)
    }
    to(GRAPH, graph)
    to(EXCHANGE, exchange)
  }

  const browse = (): Person => createPerson(overInject({ [login]: entraId.site }))

  async function token(fields: Record<string, string>, { tenant = 'organizations', headers = {} } = {}) {
    const answer = await entraId.site.inject({
      method: 'POST',
      url: `/${tenant}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(fields).toString(),
    })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json<Record<string, unknown>>() }
  }

  return {
    database,
    clock,
    directory,
    settings,
    faults,
    entraId,
    contoso,
    fabrikam,
    reported,
    register,
    grantToAll,
    browse,
    token,
    scopes,
    user: (address: string) => people.findUserByAddress(address)!,
  }
}

/** URL of an authorization request, with defaults for parameters that the test does not set. */
export function authorizeUrl(
  appId: string,
  more: Record<string, string | undefined> = {},
  { tenant = 'organizations', login = LOGIN } = {},
): string {
  const query = new URLSearchParams()
  const all: Record<string, string | undefined> = {
    client_id: appId,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid profile offline_access User.Read',
    state: 'a state',
    ...more,
  }
  for (const [name, value] of Object.entries(all)) if (value !== undefined) query.set(name, value)
  return `${login}/${tenant}/oauth2/v2.0/authorize?${query.toString()}`
}

/** Enters user name, password and code, and answers "Stay signed in?" with No. */
export async function signInAs(person: Person, address: string, world: EntraForTest): Promise<Person> {
  await person.submit({ loginfmt: address }, { button: 'Next' })
  await person.submit({ passwd: PASSWORD }, { button: 'Sign in' })
  const user = world.user(address)
  if (user.mfaSecret !== undefined) await person.submit({ otc: currentMfaCode(user, world.clock)!.code })
  return person.submit({}, { button: 'No' })
}

/** Parameters that a client reads from its redirect URI. */
export function answerOf(person: Person): Record<string, string> {
  const { search, hash } = new URL(person.url)
  return Object.fromEntries(new URLSearchParams(hash === '' ? search : hash.slice(1)))
}

export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

export function payloadOf(jwt: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(jwt).split('.')[1]!, 'base64url').toString()) as Record<string, unknown>
}
