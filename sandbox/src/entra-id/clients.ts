import type { FaultsAsked, Subject } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Settings } from '../kernel/settings.ts'
import {
  type Application,
  blankApplication,
  type Directory,
  FIRST_PARTY,
  GRAPH,
  OIDC_SCOPES,
} from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import type { Authority } from './authority.ts'
import { checkFaults } from './fault-checks.ts'
import { matchRedirectUri, type RegisteredRedirect } from './redirect-uris.ts'

/** An application from the view of the authorization server. */
export interface Client {
  application: Application
  appId: string
  name: string
  /** Tenant of the registration; `undefined` for Microsoft's own applications. */
  homeTenantId: string | undefined
  /** One of Microsoft's own applications: needs no consent and gets only its preauthorized scopes. */
  firstParty: boolean
  /** The registered redirect URI that the given one matches. */
  findRedirect(uri: string): RegisteredRedirect | undefined
  /** Allows sign-in with personal accounts. */
  personalAllowed: boolean
}

/** Delegated permissions on Graph that Microsoft's own applications hold in every tenant. */
export const PREAUTHORIZED: ReadonlySet<string> = new Set([
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'Directory.AccessAsUser.All',
  'User.Read',
  'User.Read.All',
  ...OIDC_SCOPES,
])

export interface Clients {
  /** Returns the client with that id. Throws AADSTS700016 when there is none. */
  get(appId: string, authority: Authority, subject: Subject): Client
  find(appId: string): Client | undefined
  /** All clients: Microsoft's own and those of all tenants. */
  list(): Client[]
}

export function createClients(directory: Directory, settings: Settings, clock: Clock, faults: FaultsAsked): Clients {
  const firstParty = firstPartyClients(settings, clock)

  const clients: Clients = {
    find(appId) {
      const own = firstParty.get(appId.toLowerCase())
      if (own) return own
      const application = directory.applications.findByAppId(appId)
      return application && clientOf(application)
    },
    list() {
      const registered = directory.people.listTenants().flatMap(({ id }) => directory.applications.list(id))
      return [...firstParty.values(), ...registered.map(clientOf)]
    },
    get(appId, authority, subject) {
      const client = clients.find(appId)
      const tenant = authority.tenant?.displayName ?? authority.segment
      if (!client) throw new EntraError(700016, { appId, tenant })
      const values = { appId: client.appId, appName: client.name, tenant }
      checkFaults(faults, 'entra.client', { ...subject, authority: authority.kind }, values)
      checkAudience(client, authority, tenant)
      return client
    },
  }
  return clients

  function clientOf(application: Application): Client {
    return {
      application,
      appId: application.appId,
      name: application.displayName,
      homeTenantId: directory.applications.tenantOf(application.appId),
      firstParty: false,
      findRedirect: (uri) => matchRedirectUri(application, uri),
      personalAllowed: /Personal/.test(application.signInAudience),
    }
  }
}

/** Checks the supported account types of an application against the authority of the address. */
function checkAudience(client: Client, authority: Authority, tenant: string): void {
  const values = { appId: client.appId, appName: client.name, tenant }
  const audience = client.application.signInAudience
  if (client.firstParty) return
  if (authority.kind === 'consumers') {
    if (!client.personalAllowed) throw new EntraError(9002332, values)
  } else if (audience === 'PersonalMicrosoftAccount') {
    throw new EntraError(9002331, values)
  } else if (audience === 'AzureADMyOrg') {
    if (authority.kind !== 'tenant') throw new EntraError(50194, values)
    if (authority.tenant.id !== client.homeTenantId) throw new EntraError(700016, values)
  }
}

/** The portal, Azure CLI and Graph PowerShell. No tenant lists them among its registrations. */
function firstPartyClients(settings: Settings, clock: Clock): Map<string, Client> {
  const build = (appId: string, name: string, findRedirect: Client['findRedirect']): [string, Client] => [
    appId,
    {
      appId,
      name,
      homeTenantId: undefined,
      firstParty: true,
      personalAllowed: false,
      findRedirect,
      application: {
        ...blankApplication(clock),
        id: appId,
        appId,
        displayName: name,
        signInAudience: 'AzureADMultipleOrgs',
        isFallbackPublicClient: true,
        requiredResourceAccess: [
          {
            resourceAppId: GRAPH.appId,
            resourceAccess: GRAPH.delegated
              .filter(({ value }) => PREAUTHORIZED.has(value))
              .map(({ id }) => ({ id, type: 'Scope' as const })),
          },
        ],
        api: { requestedAccessTokenVersion: 2 },
      },
    },
  ]
  const local = { publicClient: { redirectUris: ['http://localhost', 'http://127.0.0.1'] } }
  const atLocalhost: Client['findRedirect'] = (uri) =>
    matchRedirectUri({ web: { redirectUris: [] }, spa: { redirectUris: [] }, ...local }, uri)
  const inPortal: Client['findRedirect'] = (uri) =>
    URL.canParse(uri) && new URL(uri).origin === new URL(settings.named.portal).origin
      ? { platform: 'publicClient', uri }
      : undefined

  return new Map([
    build(FIRST_PARTY.azurePortal, 'Azure Portal', inPortal),
    build(FIRST_PARTY.azureCli, 'Microsoft Azure CLI', atLocalhost),
    build(FIRST_PARTY.graphPowerShell, 'Microsoft Graph Command Line Tools', atLocalhost),
  ])
}
