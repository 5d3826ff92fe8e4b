import type { ApplicationOptions, RegisteredApplication, SandboxControl, SandboxUser } from './api.ts'

const GRAPH = '00000003-0000-0000-c000-000000000000'
const EXCHANGE = '00000002-0000-0ff1-ce00-000000000000'
const EXCHANGE_PREFIX = 'https://outlook.office.com/'
/** Microsoft's own application for scripts, which needs no consent. */
const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
/** Scopes of the sign-in, which a registration need not name. */
const SIGN_IN = ['openid', 'profile', 'email', 'offline_access']

interface Permission {
  id: string
  value: string
}

interface Resource {
  id: string
  appId: string
  oauth2PermissionScopes: Permission[]
  appRoles: Permission[]
}

interface Wanted {
  resource: Resource
  type: 'Scope' | 'Role'
  permission: Permission
}

/**
 * Registers an application like a script of an administrator at Microsoft: a token by user name and password, then
 * Graph's directory API.
 *
 * @see https://learn.microsoft.com/graph/permissions-grant-via-msgraph
 */
export async function registerApplication(
  { login, graph }: SandboxControl['addresses'],
  users: readonly SandboxUser[],
  options: ApplicationOptions,
): Promise<RegisteredApplication> {
  const { displayName = 'Test application', administrator = 'ada@contoso.example', redirectUris = [] } = options
  const user = users.find(({ mail, userPrincipalName }) => [mail, userPrincipalName].includes(administrator))
  if (!user) throw new Error(`No user has the address ${administrator}.`)
  const token = await signIn()

  const wanted = [
    ...(await find(options.delegatedPermissions ?? [], 'Scope')),
    ...(await find(options.applicationPermissions ?? [], 'Role')),
  ]
  const application = await ask<{ id: string; appId: string }>('POST', '/applications', {
    displayName,
    signInAudience: options.signInAudience ?? 'AzureADMyOrg',
    isFallbackPublicClient: options.publicClient === true,
    [options.publicClient ? 'publicClient' : 'web']: { redirectUris },
    requiredResourceAccess: groupByResource(wanted).map(([{ appId }, of]) => ({
      resourceAppId: appId,
      resourceAccess: of.map(({ type, permission: { id } }) => ({ id, type })),
    })),
  })
  const principal = await ask<{ id: string; appOwnerOrganizationId: string }>('POST', '/servicePrincipals', {
    appId: application.appId,
  })
  if (options.grantAdminConsent) await grant(principal.id, wanted)
  const secret = options.publicClient
    ? undefined
    : await ask<{ secretText: string }>('POST', `/applications/${application.id}/addPassword`, {
        passwordCredential: { displayName },
      })
  return {
    tenantId: principal.appOwnerOrganizationId,
    clientId: application.appId,
    applicationId: application.id,
    servicePrincipalId: principal.id,
    ...(secret && { clientSecret: secret.secretText }),
  }

  async function signIn(): Promise<string> {
    const response = await fetch(`${login}/organizations/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: AZURE_CLI,
        username: user!.userPrincipalName,
        password: user!.password ?? '',
        scope: 'https://graph.microsoft.com/.default',
      }),
    })
    const body = (await response.json()) as { access_token?: string; error_description?: string }
    if (body.access_token === undefined) throw new Error(`${administrator} can't sign in: ${body.error_description}`)
    return body.access_token
  }

  async function find(names: readonly string[], type: 'Scope' | 'Role'): Promise<Wanted[]> {
    const wanted: Wanted[] = []
    for (const name of names.filter((each) => !SIGN_IN.includes(each))) {
      const resource = await readResource(name.startsWith(EXCHANGE_PREFIX) ? EXCHANGE : GRAPH)
      const value = name.slice(name.startsWith(EXCHANGE_PREFIX) ? EXCHANGE_PREFIX.length : 0)
      const known = type === 'Scope' ? resource.oauth2PermissionScopes : resource.appRoles
      const permission = known.find((each) => each.value === value)
      if (!permission)
        throw new Error(`Unknown permission ${name}. Known: ${known.map((each) => each.value).join(', ')}.`)
      wanted.push({ resource, type, permission })
    }
    return wanted
  }

  function readResource(appId: string): Promise<Resource> {
    return ask('GET', `/servicePrincipals(appId='${appId}')?$select=id,appId,appRoles,oauth2PermissionScopes`)
  }

  async function grant(clientId: string, all: readonly Wanted[]): Promise<void> {
    for (const [resource, of] of groupByResource(all)) {
      const scopes = of.filter(({ type }) => type === 'Scope').map(({ permission: { value } }) => value)
      const signInScopes = resource.appId === GRAPH ? (options.delegatedPermissions ?? []).filter((each) => SIGN_IN.includes(each)) : [] // prettier-ignore
      if (scopes.length > 0) {
        await ask('POST', '/oauth2PermissionGrants', {
          clientId,
          consentType: 'AllPrincipals',
          resourceId: resource.id,
          scope: [...scopes, ...signInScopes].join(' '),
        })
      }
      for (const { permission } of of.filter(({ type }) => type === 'Role')) {
        const assignment = { principalId: clientId, resourceId: resource.id, appRoleId: permission.id }
        await ask('POST', `/servicePrincipals/${clientId}/appRoleAssignments`, assignment)
      }
    }
  }

  /** @throws {Error} with the error of Graph */
  async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${graph}/v1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (response.ok) return (await response.json()) as Answer
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    throw new Error(`${method} ${path.split('?', 1)[0]}: ${error.code}, ${error.message}`)
  }
}

function groupByResource(wanted: readonly Wanted[]): [Resource, Wanted[]][] {
  const groups = Map.groupBy(wanted, ({ resource }) => resource.appId)
  return [...groups.values()].map((of) => [of[0]!.resource, of])
}
