import {
  type Cloud,
  type CloudProvider,
  type CloudProviders,
  type Resource,
  resourceOfScope,
  SIGN_IN_PERMISSIONS,
} from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type Upstream } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import { claimsParameter } from './claims.ts'
import type { RequestToken } from './client-requests.ts'
import type { AccessToken, Grant, GrantSummary } from './grant.ts'
import { tokenError, type TokenPurpose } from './token-errors.ts'
import type { IssuedTokens } from './token-requests.ts'

const WITHOUT_RESOURCE = new Set([...SIGN_IN_PERMISSIONS.map(({ value }) => value), 'email'])

export interface RefreshedTokens {
  /** Undefined if the token is for another resource; it is never returned then. */
  accessToken: AccessToken | undefined
  /** Absent if the old refresh token stays valid (RFC 6749 §6). */
  refreshToken?: Secret
  /** Expiry of the refresh token, if Microsoft reports it, which is rare. */
  refreshTokenEndsAt: Date | undefined
  /** Granted scopes of both resources, as currently known. */
  scopesGranted: readonly string[]
  /** Authority that issued the tokens, and its cloud. Both are stored with the grant. */
  authority: string
  cloud: string
}

/** Fields of a grant needed for a refresh. */
export type Refreshable = Pick<
  Grant,
  'cloudProviderId' | 'tenantId' | 'authority' | 'scopesRequested' | 'scopesGranted' | 'refreshToken'
>

export interface CodeRedemption {
  provider: CloudProvider
  authority: string
  code: Secret
  codeVerifier: Secret
  redirectUri: string
  /** All scopes requested at the sign-in. The code is redeemed for the first resource among them. */
  scopesRequested: readonly string[]
}

export type DeviceCodeRedemption = Pick<CodeRedemption, 'provider' | 'authority' | 'scopesRequested'> & {
  deviceCode: Secret
}

export interface RedeemedTokens {
  accessToken: AccessToken
  issued: IssuedTokens
}

/** Token endpoint of the authorization server (RFC 6749 §3.2). Throws only `AppError`. */
export interface TokenEndpoint {
  /**
   * Requests an access token for a resource. `claims` is the JSON of a claims challenge that the new token has to
   * satisfy.
   */
  refresh(grant: Refreshable, resource: Resource, claims?: string): Promise<RefreshedTokens>
  redeem(redemption: CodeRedemption): Promise<RedeemedTokens>
  /** Polls once for the approval of a device code. Until then, throws an `AppError` with `upstream.error`. */
  redeemDeviceCode(redemption: DeviceCodeRedemption): Promise<RedeemedTokens>
  /** Resources that the grant opens, that of the sign-in first. */
  resourcesOf(grant: GrantSummary): Promise<Resource[]>
}

interface Request {
  provider: CloudProvider
  authority: string
  purpose: TokenPurpose
  /** Tenant that issues the token. An error in another organization's tenant does not affect the registration. */
  tenantId: string | undefined
  form: Readonly<Record<string, string | Secret>>
}

/** RFC 8628 §3.4. */
const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export interface TokenEndpointDeps {
  cloudProviders: Pick<CloudProviders, 'get' | 'cloudOf' | 'authorityOf'>
  requestToken: RequestToken
  clock: Clock
}

export function createTokenEndpoint({ cloudProviders, requestToken, clock }: TokenEndpointDeps): TokenEndpoint {
  async function refresh(grant: Refreshable, resource: Resource, claims?: string): Promise<RefreshedTokens> {
    const provider = await cloudProviders.get(grant.cloudProviderId)
    const scopes = scopesOf(provider, resource, grant.scopesRequested, grant.scopesGranted)
    if (scopes.length === 0) throw new AppError('tokens.scope_not_granted')
    const askedAt = clock.now()
    // The authority that issued the grant, independent of this process's clouds file. A request elsewhere would lose
    // the grant.
    const authority = grant.authority ?? cloudProviders.authorityOf(provider, grant.tenantId)
    const issued = await request({
      provider,
      authority,
      purpose: 'refresh',
      tenantId: grant.tenantId,
      form: {
        grant_type: 'refresh_token',
        refresh_token: grant.refreshToken,
        // Always sent; without it, the server decides the resource of the token.
        scope: scopeParameter(scopes),
        claims: claimsParameter(claims),
      },
    })
    const cloud = cloudProviders.cloudOf(provider)
    const accessToken = accessTokenOf(issued, provider, resource, scopes, askedAt)
    const ofOthers = grant.scopesGranted.filter((scope) => resourceOfScope(scope, cloud) !== resource)
    return {
      accessToken,
      scopesGranted: [...ofOthers, ...(accessToken?.scope ?? [])],
      authority,
      cloud: provider.cloud,
      refreshTokenEndsAt: toExpiry(issued, askedAt),
      ...(issued.refreshToken === undefined ? {} : { refreshToken: issued.refreshToken }),
    }
  }

  async function redeem(redemption: CodeRedemption): Promise<RedeemedTokens> {
    const { code, codeVerifier, redirectUri } = redemption
    return redeemFirst(redemption, {
      grant_type: 'authorization_code',
      code,
      code_verifier: codeVerifier,
      redirect_uri: redirectUri,
    })
  }

  function redeemDeviceCode(redemption: DeviceCodeRedemption): Promise<RedeemedTokens> {
    const { deviceCode } = redemption
    return redeemFirst(redemption, { grant_type: DEVICE_CODE_GRANT, device_code: deviceCode })
  }

  /** Requests the first tokens of a sign-in, for the first resource among the requested scopes. */
  async function redeemFirst(
    { provider, authority, scopesRequested }: Pick<CodeRedemption, 'provider' | 'authority' | 'scopesRequested'>,
    form: Readonly<Record<string, string | Secret>>,
  ): Promise<RedeemedTokens> {
    const cloud = cloudProviders.cloudOf(provider)
    const resource = scopesRequested.map((scope) => resourceOfScope(scope, cloud)).find((found) => found !== undefined)
    if (resource === undefined) throw new TypeError('a sign-in without a scope of any resource')
    const scopes = scopesOf(provider, resource, scopesRequested, [])
    const askedAt = clock.now()
    const issued = await request({
      provider,
      authority,
      purpose: 'redeem',
      tenantId: undefined,
      form: { ...form, scope: scopeParameter(scopes), claims: claimsParameter() },
    })
    const accessToken = accessTokenOf(issued, provider, resource, scopes, askedAt)
    if (!accessToken) throw new AppError('tokens.scope_not_granted')
    return { accessToken, issued }
  }

  async function request({ provider, authority, purpose, tenantId, form }: Request): Promise<IssuedTokens> {
    const answer = await requestToken({ provider, authority, form, tenantId })
    if (answer.ok) return answer.tokens
    throw tokenError(withRetryAt(answer), purpose)
  }

  function withRetryAt({ upstream, retryAfterSeconds }: { upstream: Upstream; retryAfterSeconds: number | undefined }) {
    if (retryAfterSeconds === undefined) return upstream
    return { ...upstream, retryAt: new Date(clock.now().getTime() + retryAfterSeconds * 1000) }
  }

  async function resourcesOf(grant: GrantSummary): Promise<Resource[]> {
    const cloud = cloudProviders.cloudOf(await cloudProviders.get(grant.cloudProviderId))
    const scopes = [...grant.scopesGranted, ...grant.scopesRequested]
    const resources = scopes.map((scope) => resourceOfScope(scope, cloud)).filter((resource) => resource !== undefined)
    return [...new Set(resources)]
  }

  /** Scopes to request for a resource: those granted before, or else all that are required. */
  function scopesOf(
    provider: CloudProvider,
    resource: Resource,
    wanted: readonly string[],
    granted: readonly string[],
  ): string[] {
    const cloud = cloudProviders.cloudOf(provider)
    const ofResource = (scope: string) => resourceOfScope(scope, cloud) === resource
    const known = granted.filter(ofResource)
    return known.length > 0 ? known : wanted.filter(ofResource)
  }

  function accessTokenOf(
    issued: IssuedTokens,
    provider: CloudProvider,
    resource: Resource,
    asked: readonly string[],
    askedAt: Date,
  ): AccessToken | undefined {
    const cloud = cloudProviders.cloudOf(provider)
    // RFC 6749 §5.1: without a scope in the response, the requested one was granted.
    const scope = issued.scope === undefined ? [...asked] : wholeScopeNames(issued.scope, cloud)
    const ofResource = scope.filter((name) => resourceOfScope(name, cloud) === resource)
    // A token with scopes of the other resource only is for the other resource.
    if (ofResource.length === 0) return undefined
    return {
      value: issued.accessToken,
      resource,
      scope: ofResource,
      expiresAt: new Date(askedAt.getTime() + issued.expiresInSeconds * 1000),
    }
  }

  return { refresh, redeem, redeemDeviceCode, resourcesOf }
}

/** Expiry of the refresh token, if the response contains it. */
export function toExpiry({ refreshTokenExpiresInSeconds: seconds }: IssuedTokens, askedAt: Date): Date | undefined {
  return seconds === undefined ? undefined : new Date(askedAt.getTime() + seconds * 1000)
}

export function scopeParameter(scopes: readonly string[]): string {
  return [...scopes, ...SIGN_IN_PERMISSIONS.map(({ value }) => value)].join(' ')
}

/**
 * Scopes of a response by their full names. Entra ID returns them as requested or short; short ones belong to Microsoft
 * Graph. Scopes of OpenID Connect are left out, because they belong to no resource.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/scopes-oidc
 */
function wholeScopeNames(scope: string, cloud: Cloud): string[] {
  return scope
    .split(' ')
    .filter((name) => name !== '' && !WITHOUT_RESOURCE.has(name))
    .map((name) => (name.includes('/') ? name : cloud.scopePrefixes.graph + name))
    .filter((name) => resourceOfScope(name, cloud) !== undefined && !name.endsWith('/.default'))
}
