/** Making and removing an app registration, the same way for the portal and for Graph. */
import type { Application, Directory } from '../../tenants/index.ts'

/** Keeps a new application; whoever registers it owns it, unless it was registered by a program. */
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
 * Removes the registration and its presence at home, with what was granted to it there. In other tenants its
 * service principal stays, as at Microsoft.
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

/** A new name is also the name under which the application is known at home. */
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
