import type { FaultsAsked, Subject } from '../faults/index.ts'
import type { Consents, People, User } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import type { AccessTokens, ClientProof } from './access-tokens.ts'
import { type Authority, type Identity, identityIn, wrongKindOfAccount } from './authority.ts'
import { type ClientAuthentication, type ClientCredentials, given } from './client-authentication.ts'
import type { Client } from './clients.ts'
import type { Consent } from './consent.ts'
import { checkFaults } from './fault-checks.ts'
import type { Grant } from './grants.ts'
import type { Platform } from './redirect-uris.ts'
import { readScopes, type ResourceRequest, type ScopeRequest } from './scopes.ts'

/** A token request with a known client, whose credentials are not yet checked. */
export interface GrantRequest {
  authority: Authority
  client: Client
  credentials: ClientCredentials
  form: URLSearchParams
  origin: string | undefined
  /** Subject of the request, in the form that faults are matched against. */
  subject: Subject
}

/** `claims={"access_token":{"xms_cc":{"values":["cp1"]}}}`: the client supports claims challenges. */
export function readsClaimsChallenges(claims: string | undefined): boolean {
  if (claims === undefined) return false
  let parsed: unknown
  try {
    parsed = JSON.parse(claims)
  } catch {
    throw new EntraError(90023, { reason: "The 'claims' parameter is not valid JSON." })
  }
  const { access_token: accessToken } = (parsed ?? {}) as { access_token?: { xms_cc?: { values?: unknown } } | null }
  const values = accessToken?.xms_cc?.values
  return Array.isArray(values) && values.some((value) => String(value).toLowerCase() === 'cp1')
}

/**
 * Authenticates the client. The platform of its redirect URI determines the method, and whether a browser can send the
 * request.
 */
export async function proveClient(
  { client, credentials, authority, origin, subject }: GrantRequest,
  platform: Platform,
  authentication: ClientAuthentication,
): Promise<ClientProof> {
  if (platform === 'spa') {
    if (origin === undefined) throw new EntraError(9002327)
    return authentication.public(credentials)
  }
  if (origin !== undefined) throw new EntraError(9002326, { origin })
  if (platform === 'publicClient') return authentication.public(credentials)
  return authentication.confidential(client, credentials, { authority, subject })
}

/**
 * Checks that the user of a grant can still sign in to this tenant.
 *
 * @throws {EntraError} 50034, 50057, 50173, 50020
 */
export function personBehind(
  grant: Grant,
  { authority, client, subject }: GrantRequest,
  { people, faults }: { people: People; faults: FaultsAsked },
): Identity {
  const home = people.findUser(grant.homeUserId)
  if (!home) throw new EntraError(50034, { user: grant.homeUserId, tenant: authority.segment })
  checkFaults(faults, 'entra.account', subject, { user: home.userPrincipalName, tenant: authority.segment })
  checkFaults(faults, 'entra.person', { ...subject, bornAt: grant.authenticatedAt })
  checkAccount(home, grant)
  const wrong = wrongKindOfAccount(home, authority, client.personalAllowed)
  if (wrong) throw wrong
  const place: Authority = authority.kind === 'tenant' ? authority : placeOf(grant, authority, people)
  const identity = identityIn(people, home, place)
  if (!identity) {
    throw new EntraError(50020, {
      user: home.userPrincipalName,
      idp: home.tenantId,
      tenant: place.tenant?.displayName ?? place.segment,
      appId: client.appId,
      appName: client.name,
    })
  }
  if (identity.user !== home) checkAccount(identity.user, grant)
  return identity
}

/** On `common` and `organizations`, a grant stays in the tenant that issued it. */
function placeOf(grant: Grant, authority: Authority, people: People): Authority {
  const tenant = people.findTenant(grant.tenantId)
  if (!tenant || authority.kind === 'consumers' || grant.personal) return authority
  return { kind: 'tenant', segment: tenant.id, tenant }
}

function checkAccount(user: User, grant: Grant): void {
  if (!user.accountEnabled) throw new EntraError(50057)
  if (grant.authenticatedAt >= user.tokensValidFrom) return
  throw new EntraError(50173, {
    authTime: isoSeconds(grant.authenticatedAt),
    validFrom: isoSeconds(user.tokensValidFrom),
  })
}

/** Checks that the tenant has the resource. @throws {EntraError} */
export function checkResource(
  { resource, prefix }: ResourceRequest,
  { client, subject }: GrantRequest,
  { tenant }: Identity,
  faults: FaultsAsked,
): void {
  const values = { appId: client.appId, appName: client.name, tenant: tenant.displayName }
  checkFaults(faults, 'entra.resource', subject, { ...values, resource: prefix === '' ? resource.audience : prefix })
}

/** Checks Conditional Access and similar policies, after all other checks passed. @throws {EntraError} */
export function checkPolicies(
  {
    request: { client },
    identity,
    resource: { resource },
    subject,
  }: { request: GrantRequest; identity: Identity; resource: ResourceRequest; subject: Subject },
  faults: FaultsAsked,
): void {
  const values = {
    appId: client.appId,
    appName: client.name,
    user: identity.user.userPrincipalName,
    resource: resource.appId,
  }
  const hasSecondFactor = identity.home.mfaSecret !== undefined
  checkFaults(faults, 'entra.policy', { ...subject, hasSecondFactor }, values)
}

export const isoSeconds = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** Scopes of a token request; those of the sign-in when the parameter is missing. */
export function scopesOf(request: GrantRequest, grant: Grant): ScopeRequest {
  const { form, client, authority } = request
  return readScopes(given(form, 'scope') ?? grant.scope, {
    appName: client.name,
    tenant: authority.tenant?.displayName ?? authority.segment,
  })
}

export interface TokensForPerson {
  request: GrantRequest
  grant: Grant
  identity: Identity
  scopes: ScopeRequest
  resource: ResourceRequest
  proof: ClientProof
}

/** The access token and its companion fields in every response for a user. */
export async function answerForPerson(
  { request, grant, identity, scopes, resource, proof }: TokensForPerson,
  { accessTokens, consent, faults }: { accessTokens: AccessTokens; consent: Consent; faults: FaultsAsked },
): Promise<Record<string, unknown>> {
  const { client, form, subject } = request
  const onlyOffline = resource.permissions.length === 0 && !resource.wantsDefault && scopes.oidc.size <= 1
  if (onlyOffline && (scopes.oidc.size === 0 || scopes.oidc.has('offline_access'))) {
    throw new EntraError(28002, { scope: scopes.text })
  }
  const bornAt = consent.givenAt(client, identity)
  const values = { appId: client.appId, appName: client.name }
  checkFaults(faults, 'entra.consented', { ...subject, bornAt }, values)
  const granted = consent.scopesOfToken(client, identity, resource)
  const issued = await accessTokens.issue({
    client,
    proof,
    resource: resource.resource,
    audience: resource.prefix === '' ? resource.resource.audience : resource.prefix.toLowerCase(),
    claimsCapable: readsClaimsChallenges(given(form, 'claims')),
    tenant: identity.tenant,
    subject: { identity, scopes: granted, mfa: grant.mfa, keepSignedIn: grant.keepSignedIn },
    about: subject,
  })
  return {
    token_type: 'Bearer',
    scope: scopeText(granted, resource),
    expires_in: issued.expiresInSeconds,
    ext_expires_in: issued.expiresInSeconds,
    access_token: issued.value,
  }
}

/** Granted scopes in the client's spelling: with the resource's prefix when it used one. */
function scopeText(granted: readonly string[], { prefix, wantsDefault }: ResourceRequest): string {
  const signIn = new Set(['openid', 'profile', 'email'])
  const written = granted.map((value) => (prefix === '' || signIn.has(value) ? value : `${prefix}/${value}`))
  return [...written, ...(wantsDefault ? [`${prefix === '' ? '' : `${prefix}/`}.default`] : [])].join(' ')
}

/** `client_info`: the home account, for MSAL's cache. */
export function createClientInfo({ home }: Identity): string {
  return Buffer.from(JSON.stringify({ uid: home.id, utid: home.tenantId })).toString('base64url')
}

/** @throws {EntraError} 7000112 when an admin disabled the application in the tenant */
export function checkEnabled(
  client: Client,
  subject: Subject & { tenantId: string },
  { consents, faults }: { consents: Consents; faults: FaultsAsked },
): void {
  const { tenantId } = subject
  const values = { appId: client.appId, appName: client.name, tenantId }
  checkFaults(faults, 'entra.application', subject, values)
  const servicePrincipal = consents.findServicePrincipal(tenantId, client.appId)
  if (servicePrincipal?.accountEnabled === false) {
    throw new EntraError(7000112, values)
  }
}

export function invalidGrant(reason = 'Provided grant is invalid or malformed.', suberror?: string): EntraError {
  return new EntraError(70000, { reason }, suberror === undefined ? {} : { instead: { suberror } })
}

export function malformedGrant(): EntraError {
  return new EntraError(9002313, {}, { instead: { error: 'invalid_grant' } })
}
