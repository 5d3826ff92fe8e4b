import { createHash } from 'node:crypto'
import {
  type Directory,
  EXCHANGE,
  GRAPH,
  isMailPermission,
  type Permission,
  type Resource,
  RESOURCES,
} from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import { type Identity, isPersonal } from './authority.ts'
import { type Client, PREAUTHORIZED } from './clients.ts'
import { invalidScope, type ResourceRequest, type ScopeRequest } from './scopes.ts'

/** A requested permission and its resource. */
export interface Wanted {
  resource: Resource
  permission: Permission
}

/** Next step before the application gets the requested permissions. */
export type ConsentPlan =
  | { kind: 'granted' }
  /** The user decides; an admin can decide for the whole organization. */
  | { kind: 'ask'; wanted: readonly Wanted[]; forOrganization: boolean }
  | { kind: 'needs-admin'; wanted: readonly Wanted[] }

export interface ConsentOptions {
  /** Shows the consent page even when everything is granted. */
  askAgain: boolean
  /** Ignores earlier consent. */
  anew?: boolean
  /** Applies the policy "only admins can consent", regardless of the tenant's own. */
  adminsOnly?: boolean
}

/** Consent policies and recorded consent. */
export interface Consent {
  /** Permissions of a request, with `/.default` expanded. */
  wantedBy(client: Client, request: ScopeRequest): Wanted[]
  plan(client: Client, identity: Identity, request: ScopeRequest, options: ConsentOptions): ConsentPlan
  /** Records consent and makes the application present in the tenant. */
  grant(client: Client, identity: Identity, wanted: readonly Wanted[], options: { forAll: boolean }): void
  /** Grants all requested permissions to everyone, including application permissions. */
  grantAsAdmin(client: Client, tenantId: string, wanted: readonly Wanted[], roles: readonly Wanted[]): void
  /**
   * All delegated permissions that the user has through the client on the resource. IMAP, POP and SMTP are listed under
   * Graph in the portal and map to Exchange's permissions of the same name.
   */
  grantedScopes(client: Client, identity: Identity, resource: Resource): ReadonlySet<string>
  /**
   * Scopes of a token. Once every requested scope is granted, the token contains all granted scopes of its resource, as
   * at Microsoft.
   *
   * @throws {EntraError} 65001, and 70000 for personal accounts
   */
  scopesOfToken(client: Client, identity: Identity, request: ResourceRequest): string[]
  /** Time of the consent that applies to the user; 0 when there is none. */
  givenAt(client: Client, identity: Identity): number
  /** Permissions that the registration lists. */
  registered(client: Client, type: 'Scope' | 'Role'): Wanted[]
}

/** Error text for personal accounts, in place of AADSTS65001. */
const UNAUTHORIZED_SCOPES =
  'The request was denied because one or more scopes requested are unauthorized or expired. The user must first sign in and grant the client application access to the requested scope.'

export function createConsent({ consents }: Directory): Consent {
  function wantedBy(client: Client, request: ScopeRequest): Wanted[] {
    const signIn = [...request.oidc].map((value) => ({ resource: GRAPH, permission: graphScope(value) }))
    const named = request.permissions.map(({ resource, permission }) => ({ resource, permission }))
    const listed = request.defaults.length > 0 ? consent.registered(client, 'Scope') : []
    return unique([...named, ...listed, ...signIn])
  }

  /**
   * `/.default` requires consent to the registered permissions once: a user who has granted any of them is not prompted
   * again.
   */
  function isGranted(client: Client, identity: Identity, request: ScopeRequest, wanted: readonly Wanted[]): boolean {
    const has = (resource: Resource, value: string) => consent.grantedScopes(client, identity, resource).has(value)
    if (request.defaults.length === 0)
      return wanted.every(({ resource, permission }) => has(resource, permission.value))
    return (
      request.defaults.every(({ resource }) => consent.grantedScopes(client, identity, resource).size > 0) &&
      [...request.oidc].every((value) => has(GRAPH, value))
    )
  }

  function mayDecide({ user, tenant }: Identity, { resource, permission }: Wanted, adminsOnly: boolean): boolean {
    if (user.globalAdministrator || isPersonal(user)) return true
    if (permission.adminOnly || adminsOnly || tenant.userConsent === 'disabled') return false
    return tenant.userConsent === 'allow' || !isMailPermission(resource, permission.value)
  }

  const consent: Consent = {
    wantedBy,
    plan(client, identity, request, { askAgain, anew = false, adminsOnly = false }) {
      const values = { appId: client.appId, appName: client.name }
      if (client.firstParty) {
        const stranger = [...request.permissions].find(
          ({ resource, permission }) => resource !== GRAPH || !PREAUTHORIZED.has(permission.value),
        )
        if (stranger) throw new EntraError(65002, { ...values, resourceAppId: stranger.resource.appId })
        return { kind: 'granted' }
      }
      if (isPersonal(identity.user)) refuseWorkOnly(request)
      for (const { resource, prefix } of request.defaults) {
        const listed = client.application.requiredResourceAccess.map(({ resourceAppId }) => resourceAppId)
        if (listed.includes(resource.appId) || consent.grantedScopes(client, identity, resource).size > 0) continue
        throw new EntraError(650057, {
          ...values,
          resource: prefix === '' ? resource.audience : prefix,
          resourceAppId: resource.appId,
          registered: listed.join(', '),
        })
      }

      const wanted = wantedBy(client, request)
      if (!askAgain && !anew && isGranted(client, identity, request, wanted)) return { kind: 'granted' }
      const missing = wanted.filter(
        ({ resource, permission }) => anew || !consent.grantedScopes(client, identity, resource).has(permission.value),
      )
      if (!missing.every((one) => mayDecide(identity, one, adminsOnly))) return { kind: 'needs-admin', wanted }
      return { kind: 'ask', wanted, forOrganization: identity.user.globalAdministrator && !isPersonal(identity.user) }
    },
    grant(client, { user, tenant }, wanted, { forAll }) {
      const servicePrincipal = consents.addServicePrincipal(tenant.id, client.application)
      for (const resource of RESOURCES) {
        const values = wanted.filter((one) => one.resource === resource).map(({ permission }) => permission.value)
        if (values.length === 0) continue
        const resourcePrincipal = consents.addServicePrincipal(tenant.id, resource)
        consents.grant(servicePrincipal.id, resourcePrincipal.id, values, forAll ? null : user.id)
      }
    },
    grantAsAdmin(client, tenantId, wanted, roles) {
      const servicePrincipal = consents.addServicePrincipal(tenantId, client.application)
      for (const resource of [GRAPH, EXCHANGE]) {
        const resourcePrincipal = consents.addServicePrincipal(tenantId, resource)
        const values = wanted.filter((one) => one.resource === resource).map(({ permission }) => permission.value)
        if (values.length > 0) consents.grant(servicePrincipal.id, resourcePrincipal.id, values, null)
        for (const role of roles.filter((one) => one.resource === resource)) {
          consents.assignAppRole(servicePrincipal.id, resourcePrincipal.id, role.permission.id)
        }
      }
    },
    grantedScopes(client, { user, tenant }, resource) {
      if (client.firstParty) return resource === GRAPH ? PREAUTHORIZED : new Set()
      const granted = consents.grantedScopes(tenant.id, client.appId, resource, user.id)
      if (resource !== EXCHANGE) return granted
      const onGraph = consents.grantedScopes(tenant.id, client.appId, GRAPH, user.id)
      const shared = EXCHANGE.delegated.filter(({ value }) => onGraph.has(value))
      return new Set([...granted, ...shared.map(({ value }) => value)])
    },
    scopesOfToken(client, identity, { resource, permissions }) {
      const granted = consent.grantedScopes(client, identity, resource)
      const scopes = [...granted].filter((value) => value !== 'offline_access')
      if (scopes.length === 0 || !permissions.every(({ value }) => granted.has(value))) {
        if (isPersonal(identity.user)) throw new EntraError(70000, { reason: UNAUTHORIZED_SCOPES })
        throw new EntraError(65001, { appId: client.appId, appName: client.name })
      }
      return scopes.sort()
    },
    givenAt: (client, { user, tenant }) => consents.grantedAt(tenant.id, client.appId, user.id),
    registered(client, type) {
      return client.application.requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) => {
        const resource = RESOURCES.find(({ appId }) => appId === resourceAppId)
        if (!resource) return []
        const known = type === 'Scope' ? resource.delegated : resource.application
        return resourceAccess
          .filter((access) => access.type === type)
          .flatMap(({ id }) => known.find((permission) => permission.id === id) ?? [])
          .map((permission) => ({ resource, permission }))
      })
    },
  }

  function refuseWorkOnly(request: ScopeRequest): void {
    const workOnly = request.permissions.find(({ permission }) => !permission.personal)
    if (!workOnly) return
    throw invalidScope(request.text, `${workOnly.permission.value} cannot be used with a personal Microsoft account.`)
  }

  return consent
}

/** Hash of the requested permissions, so that consent covers exactly those that the page showed. */
export function hashWanted(wanted: readonly Wanted[]): string {
  const list = wanted.map(({ resource, permission }) => `${resource.appId} ${permission.id}`).sort()
  return createHash('sha256').update(list.join('\n')).digest('base64url').slice(0, 16)
}

function graphScope(value: string): Permission {
  return GRAPH.delegated.find((permission) => permission.value === value)!
}

function unique(wanted: readonly Wanted[]): Wanted[] {
  return [...new Map(wanted.map((one) => [`${one.resource.appId} ${one.permission.id}`, one])).values()]
}
