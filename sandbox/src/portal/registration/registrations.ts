/** Creates and removes app registrations, for both the portal and Graph. */
import type { Application, Directory } from '../../tenants/index.ts'

/** Stores a new application. The registering user becomes its owner; an application without a user has none. */
export function addRegistration(
  { applications }: Directory,
  tenantId: string,
  application: Application,
  ownerId: string | undefined,
): Application {
  const added = applications.add(tenantId, application)
  if (ownerId !== undefined) applications.addOwner(added.id, ownerId)
  return added
}

/**
 * Removes the registration, and its service principal and grants in the home tenant. In other tenants its service
 * principal stays, as at Microsoft.
 */
export function removeRegistration(
  { applications, consents }: Directory,
  tenantId: string,
  application: Application,
): void {
  const principal = consents.findServicePrincipal(tenantId, application.appId)
  if (principal) consents.removeServicePrincipal(principal.id)
  applications.remove(application.id)
}

/** Saves a registration. A new name also renames its service principal in the home tenant. */
export function saveRegistration(
  { applications, consents }: Directory,
  tenantId: string,
  application: Application,
): void {
  applications.save(application)
  const principal = consents.findServicePrincipal(tenantId, application.appId)
  if (principal && principal.displayName !== application.displayName) {
    consents.saveServicePrincipal({ ...principal, displayName: application.displayName })
  }
}
