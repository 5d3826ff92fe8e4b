import type { FaultsAsked } from '../faults/index.ts'
import type { Directory } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import type { AccessTokens } from './access-tokens.ts'
import { type ClientAuthentication, given } from './client-authentication.ts'
import { checkFaults } from './fault-checks.ts'
import { findResource } from './scopes.ts'
import { checkEnabled, type GrantRequest, readsClaimsChallenges } from './token-answers.ts'

export interface ClientCredentialsDeps {
  directory: Directory
  accessTokens: AccessTokens
  authentication: ClientAuthentication
  faults: FaultsAsked
}

/**
 * Handles `grant_type=client_credentials`: the application signs in as itself, in one tenant, for one resource
 * (`/.default`). It gets a token even without any role.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function createClientCredentialsGrant({
  directory,
  accessTokens,
  authentication,
  faults,
}: ClientCredentialsDeps) {
  const { consents } = directory

  return async function signInAsApplication(request: GrantRequest): Promise<Record<string, unknown>> {
    const { authority, client, credentials, form, origin, subject } = request
    if (authority.kind === 'common' || authority.kind === 'consumers') throw new EntraError(9001023)
    if (authority.kind === 'organizations') throw new EntraError(50059)
    const { tenant } = authority
    const { resource, prefix } = readResource(given(form, 'scope'), tenant.displayName)
    if (origin !== undefined) throw new EntraError(9002326, { origin })
    const proof = await authentication.confidential(client, credentials, { authority, subject }, 7000216)

    const servicePrincipal = consents.findServicePrincipal(tenant.id, client.appId)
    if (!servicePrincipal) throw new EntraError(7000229, { appId: client.appId, tenantId: tenant.id })
    checkEnabled(client, { ...subject, tenantId: tenant.id }, { consents, faults })
    checkFaults(faults, 'entra.resource', subject, { resource: prefix, tenant: tenant.displayName })

    const issued = await accessTokens.issue({
      client,
      proof,
      resource,
      audience: prefix,
      claimsCapable: readsClaimsChallenges(given(form, 'claims')),
      tenant,
      subject: {
        servicePrincipalId: servicePrincipal.id,
        roles: consents.grantedRoles(tenant.id, client.appId, resource),
      },
      about: subject,
    })
    return {
      token_type: 'Bearer',
      expires_in: issued.expiresInSeconds,
      ext_expires_in: issued.expiresInSeconds,
      access_token: issued.value,
    }
  }
}

function readResource(scope: string | undefined, tenant: string) {
  if (scope === undefined) throw new EntraError(900144, { name: 'scope' })
  const prefixes = scope
    .split(/\s+/)
    .filter(Boolean)
    .map((one) => /^(.+?)\/+\.default$/i.exec(one)?.[1])
  const [prefix] = prefixes
  if (prefix === undefined || prefixes.includes(undefined)) throw new EntraError(1002012, { scope })
  if (prefixes.length > 1) throw new EntraError(28000, { scope })
  const resource = findResource(prefix)
  if (!resource) throw new EntraError(500011, { resource: prefix, tenant })
  return { resource, prefix: prefix.toLowerCase() }
}
