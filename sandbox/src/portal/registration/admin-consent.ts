/**
 * Requested and granted permissions of an application, and an administrator's consent to all of them. Permissions in a
 * registration are only requested; grants and role assignments are effective.
 *
 * @see https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent
 */
import {
  type Application,
  type AppRoleAssignment,
  type Directory,
  type Permission,
  type PermissionGrant,
  type Resource,
  RESOURCES,
  type ServicePrincipal,
} from '../../tenants/index.ts'

/** Graph's names of the two kinds: delegated and application permission. */
export type PermissionType = 'Scope' | 'Role'

export interface ConfiguredPermission {
  resourceAppId: string
  /** `undefined` when the sandbox does not have the API. */
  resource: Resource | undefined
  id: string
  type: PermissionType
  /** `undefined` when the API has no permission with this id. */
  permission: Permission | undefined
  /** Granted for the whole tenant. */
  granted: boolean
}

export interface GrantedPermission {
  resource: Resource
  value: string
  type: PermissionType
  title: string
  permission: Permission | undefined
  /** User of an individual consent; `null` when it covers the whole tenant. */
  principalId: string | null
}

export function findResource(appId: string): Resource | undefined {
  return RESOURCES.find((resource) => resource.appId === appId.toLowerCase())
}

export function listPermissions(resource: Resource, type: PermissionType): readonly Permission[] {
  return type === 'Scope' ? resource.delegated : resource.application
}

/** Permissions in the registration, in its order, with their grant status in the tenant. */
export function configuredPermissions(
  directory: Directory,
  tenantId: string,
  application: Application,
): ConfiguredPermission[] {
  const granted = new Set(
    grantedPermissions(directory, tenantId, application.appId)
      .filter(({ principalId }) => principalId === null)
      .map(({ resource, type, value }) => `${resource.appId} ${type} ${value}`),
  )
  return application.requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) => {
    const resource = findResource(resourceAppId)
    return resourceAccess.map(({ id, type }): ConfiguredPermission => {
      const permission = resource && listPermissions(resource, type).find((one) => one.id === id.toLowerCase())
      const key = `${resource?.appId} ${type} ${permission?.value}`
      return { resourceAppId, resource, id, type, permission, granted: permission !== undefined && granted.has(key) }
    })
  })
}

/** All permissions of the application in the tenant, granted for everyone and by individual users. */
export function grantedPermissions(directory: Directory, tenantId: string, appId: string): GrantedPermission[] {
  const { consents } = directory
  const client = consents.findServicePrincipal(tenantId, appId)
  if (!client) return []
  const resourceOf = (id: string) => findResource(consents.findServicePrincipalById(id)?.appId ?? '')

  const delegated = consents.listGrants(client.id).flatMap((grant) => {
    const resource = resourceOf(grant.resourceId)
    if (!resource) return []
    return splitScopes(grant).map((value): GrantedPermission => {
      const permission = resource.delegated.find((one) => one.value === value)
      const { principalId } = grant
      return { resource, value, type: 'Scope', title: permission?.title ?? value, permission, principalId }
    })
  })
  const application = consents.listAppRoleAssignments(client.id).flatMap((assignment): GrantedPermission[] => {
    const resource = resourceOf(assignment.resourceId)
    const permission = resource?.application.find(({ id }) => id === assignment.appRoleId)
    if (!resource || !permission) return []
    return [{ resource, value: permission.value, type: 'Role', title: permission.title, permission, principalId: null }]
  })
  return [...delegated, ...application]
}

/** *Grant admin consent*: grants all permissions of the registration for everyone in the tenant. Idempotent. */
export function grantAdminConsent(directory: Directory, tenantId: string, application: Application): void {
  const { consents } = directory
  const client = consents.addServicePrincipal(tenantId, application)
  const wanted = configuredPermissions(directory, tenantId, application)
  for (const resource of RESOURCES) {
    const permissions = wanted.filter((one) => one.resource === resource)
    if (permissions.length === 0) continue
    const { id: resourceId } = consents.addServicePrincipal(tenantId, resource)
    const scopes = permissions.flatMap(({ type, permission }) =>
      type === 'Scope' && permission ? permission.value : [],
    )
    if (scopes.length > 0) consents.grant(client.id, resourceId, scopes, null)
    for (const { type, permission } of permissions) {
      if (type === 'Role' && permission) consents.assignAppRole(client.id, resourceId, permission.id)
    }
  }
}

/** Revokes one permission: for the whole tenant, or the consent of one user. Idempotent. */
export function revokePermission(
  { consents }: Directory,
  client: ServicePrincipal,
  { resource, value, type, principalId }: Pick<GrantedPermission, 'resource' | 'value' | 'type' | 'principalId'>,
): void {
  const resourceId = consents.findServicePrincipal(client.tenantId, resource.appId)?.id
  if (type === 'Role') {
    const roleId = resource.application.find((one) => one.value === value)?.id
    for (const { id } of consents.listAppRoleAssignments(client.id).filter(isOf(resourceId, roleId))) {
      consents.removeAppRoleAssignment(id)
    }
    return
  }
  for (const grant of consents.listGrants(client.id)) {
    if (grant.resourceId !== resourceId || grant.principalId !== principalId) continue
    const rest = splitScopes(grant).filter((scope) => scope !== value)
    if (rest.length === 0) consents.removeGrant(grant.id)
    else consents.saveGrant({ ...grant, scope: rest.join(' ') })
  }
}

export function splitScopes({ scope }: Pick<PermissionGrant, 'scope'>): string[] {
  return scope.split(' ').filter(Boolean)
}

function isOf(resourceId: string | undefined, roleId: string | undefined) {
  return (assignment: AppRoleAssignment) => assignment.resourceId === resourceId && assignment.appRoleId === roleId
}
