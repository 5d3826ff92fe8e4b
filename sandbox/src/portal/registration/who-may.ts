/**
 * Permissions in a directory by Microsoft's defaults: members register applications and manage their own, guests read,
 * administrators do everything. Used by the portal and Graph.
 *
 * @see https://learn.microsoft.com/entra/fundamentals/users-default-permissions
 */
import type { Application, Directory, ServicePrincipal, User } from '../../tenants/index.ts'

/** True for a user that can grant consent and change users, mailboxes and policies. */
export function isAdministrator(person: User): boolean {
  return person.globalAdministrator && person.accountEnabled
}

export function mayRegisterApplications(person: User): boolean {
  return isAdministrator(person) || (person.userType === 'Member' && person.accountEnabled)
}

export function mayManageApplication(directory: Directory, person: User, application: Application): boolean {
  if (directory.applications.tenantOf(application.appId) !== person.tenantId) return false
  return isAdministrator(person) || directory.applications.ownersOf(application.id).includes(person.id)
}

/**
 * Owners of the registration can manage its service principal in the home tenant; for applications of others, only
 * administrators can.
 */
export function mayManageServicePrincipal(directory: Directory, person: User, principal: ServicePrincipal): boolean {
  if (principal.tenantId !== person.tenantId) return false
  if (isAdministrator(person)) return true
  const application = directory.applications.findByAppId(principal.appId)
  return application !== undefined && mayManageApplication(directory, person, application)
}
