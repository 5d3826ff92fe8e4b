import { isMailPermission, OIDC_SCOPES, type Permission, type Resource, RESOURCES } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'

/** One delegated permission in a request. */
export interface RequestedPermission {
  resource: Resource
  permission: Permission
  /**
   * The resource as the client wrote it, without the last slash; empty when the client named none (Microsoft Graph).
   */
  prefix: string
}

/** A parsed scope parameter. */
export interface ScopeRequest {
  text: string
  /** The requested scopes out of `openid profile email offline_access`. */
  oidc: ReadonlySet<string>
  /** In the order of the request. */
  permissions: readonly RequestedPermission[]
  /** Resources requested by `/.default`. */
  defaults: readonly { resource: Resource; prefix: string }[]
}

const NO_DEFAULT_MIX = ".default scope can't be combined with resource-specific scopes."
const NOT_A_SCOPE =
  'The scope format is invalid. Scope must be in a valid URI form <https://example/scope> or a valid Guid <guid/scope>.'

/**
 * Parses a scope parameter. Names without a resource belong to Microsoft Graph; case is ignored; a doubled slash before
 * the name is accepted (Azure CLI writes one).
 *
 * @throws {EntraError} 70011, 500011, 650053
 * @see https://learn.microsoft.com/entra/identity-platform/scopes-oidc
 */
export function readScopes(text: string, { appName, tenant }: { appName: string; tenant: string }): ScopeRequest {
  const oidc = new Set<string>()
  const permissions: RequestedPermission[] = []
  const defaults: { resource: Resource; prefix: string }[] = []

  for (const scope of text.split(/\s+/).filter(Boolean)) {
    const { prefix, value } = splitScope(scope, text)
    const resource = findResource(prefix)
    if (!resource) throw new EntraError(500011, { resource: prefix, tenant })
    const name = value.toLowerCase()
    if (OIDC_SCOPES.has(name)) {
      oidc.add(name)
    } else if (name === '.default') {
      defaults.push({ resource, prefix })
    } else {
      const permission = resource.delegated.find((candidate) => candidate.value.toLowerCase() === name)
      if (!permission) throw new EntraError(650053, { appName, scope: value, resourceAppId: resource.appId })
      permissions.push({ resource, permission, prefix })
    }
  }
  if (defaults.length > 0 && permissions.length > 0) throw invalidScope(text, NO_DEFAULT_MIX)
  return { text: text.trim(), oidc, permissions, defaults }
}

function splitScope(scope: string, text: string): { prefix: string; value: string } {
  const slash = scope.lastIndexOf('/')
  if (slash < 0) {
    if (!/^[\w.-]+$/.test(scope)) throw invalidScope(text, NOT_A_SCOPE)
    return { prefix: '', value: scope }
  }
  const prefix = scope.slice(0, slash).replace(/\/+$/, '')
  if (!/^([a-z][\w+.-]*:\/\/[^\s"<>\\]+|[0-9a-f-]{36})$/i.test(prefix)) throw invalidScope(text, NOT_A_SCOPE)
  return { prefix, value: scope.slice(slash + 1) }
}

export function findResource(prefix: string): Resource | undefined {
  if (prefix === '') return RESOURCES[0]
  return RESOURCES.find(({ identifierUris }) => identifierUris.includes(prefix.toLowerCase()))
}

export function invalidScope(scope: string, reason: string): EntraError {
  return new EntraError(70011, { scope, reason })
}

/** The single resource of a token, with the part of the request that applies to it. */
export interface ResourceRequest {
  resource: Resource
  prefix: string
  /** Empty when the request names only sign-in scopes or `/.default`. */
  permissions: readonly Permission[]
  wantsDefault: boolean
}

/**
 * Chooses the resource of a token: that of the first scope.
 *
 * On refresh (`mixed: 'first'`), scopes of other resources are ignored. Elsewhere such a scope counts as one of the
 * first resource when that has a scope of this name, and is an error when it has none. All mail permissions qualify,
 * because Exchange and Graph list the same ones.
 *
 * @throws {EntraError} 28000
 */
export function resourceOf(request: ScopeRequest, { mixed }: { mixed: 'refuse' | 'first' }): ResourceRequest {
  const { permissions, defaults, text } = request
  const { resource, prefix } = permissions[0] ?? defaults[0] ?? { resource: RESOURCES[0]!, prefix: '' }
  const own: Permission[] = []
  for (const asked of permissions) {
    if (asked.resource === resource) own.push(asked.permission)
    else if (mixed === 'first') continue
    else if (isMailPermission(asked.resource, asked.permission.value)) {
      const namesake = resource.delegated.find(({ value }) => value === asked.permission.value)
      if (namesake) own.push(namesake)
    } else throw new EntraError(28000, { scope: text })
  }
  if (mixed === 'refuse' && defaults.some((asked) => asked.resource !== resource)) {
    throw new EntraError(28000, { scope: text })
  }
  return { resource, prefix, permissions: own, wantsDefault: defaults.length > 0 }
}
