/**
 * Who may do what in a directory, by Microsoft's defaults: members register applications and manage their own,
 * guests read, administrators do everything. The portal and Graph ask here.
 *
 * @see https://learn.microsoft.com/entra/fundamentals/users-default-permissions
 */
import type { Application, Directory, ServicePrincipal, User } from '../../tenants/index.ts'

/** Grants consent, changes people, mailboxes and policies. */
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

/** Owners of the registration may manage its presence at home; of others' applications only administrators may. */
export function mayManageServicePrincipal(directory: Directory, person: User, principal: ServicePrincipal): boolean {
  if (principal.tenantId !== person.tenantId) return false
  if (isAdministrator(person)) return true
  const application = directory.applications.findByAppId(principal.appId)
  return application !== undefined && mayManageApplication(directory, person, application)
}
