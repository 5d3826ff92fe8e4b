import { type Cloud, resourceOfScope, SIGN_IN_PERMISSIONS } from '../cloud-providers/index.ts'

const WITHOUT_RESOURCE = new Set([...SIGN_IN_PERMISSIONS.map(({ value }) => value), 'email'])

/**
 * The scopes of an answer by their whole names. Entra ID writes them as they were asked for, or short; a short one is
 * Microsoft Graph's. Those of OpenID Connect are left out: they are of no resource.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/scopes-oidc
 */
export function wholeScopeNames(scope: string, cloud: Cloud): string[] {
  return scope
    .split(' ')
    .filter((name) => name !== '' && !WITHOUT_RESOURCE.has(name))
    .map((name) => (name.includes('/') ? name : cloud.scopePrefixes.graph + name))
    .filter((name) => resourceOfScope(name, cloud) !== undefined && !name.endsWith('/.default'))
}
