import { type Cloud, resourceOfScope, SIGN_IN_PERMISSIONS } from '../cloud-providers/index.ts'

const WITHOUT_RESOURCE = new Set([...SIGN_IN_PERMISSIONS.map(({ value }) => value), 'email'])

/**
 * Scopes of a response by their full names. Entra ID returns them as requested or short; short ones belong to Microsoft
 * Graph. Scopes of OpenID Connect are left out, because they belong to no resource.
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
