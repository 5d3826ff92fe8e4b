import { SignJWT } from 'jose'
import { createHash } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Settings } from '../kernel/settings.ts'
import { type Identity, isPersonal } from './authority.ts'
import type { Client } from './clients.ts'
import { BACKDATED_SECONDS, newTokenId, opaqueClaims, subjectOf, v1Issuer, v2Issuer } from './issued-claims.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface IdTokenOrder {
  client: Client
  identity: Identity
  /** The requested scopes out of `profile` and `email`. */
  oidc: ReadonlySet<string>
  nonce: string | undefined
  sessionId: string | undefined
  /** Time at which the password was entered: the claim `auth_time`, which registrations request. */
  authenticatedAt: number
  /** Code issued with the ID token; its half hash becomes `c_hash`. */
  code?: string
}

const LIFETIME_SECONDS = 60 * 60

/**
 * Issues an ID token, v2.0. As at Microsoft, tokens of the token endpoint have no `at_hash`.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 */
export async function issueIdToken(
  { client, identity, oidc, nonce, sessionId, authenticatedAt, code }: IdTokenOrder,
  { clock, keys, settings }: { clock: Clock; keys: SigningKeys; settings: Settings },
): Promise<string> {
  const { user, home, tenant } = identity
  const { kid, privateKey } = keys.current(isPersonal(home) ? 'consumers' : 'organizations')
  const nowSeconds = Math.floor(clock.now().getTime() / 1000)
  const payload = {
    ver: '2.0',
    iss: v2Issuer(settings, tenant.id),
    sub: subjectOf({ tenantId: tenant.id, appId: client.appId, userId: user.id }),
    aud: client.appId,
    exp: nowSeconds + LIFETIME_SECONDS,
    iat: nowSeconds - BACKDATED_SECONDS,
    nbf: nowSeconds - BACKDATED_SECONDS,
    ...(oidc.has('profile')
      ? { name: user.displayName, preferred_username: home.userPrincipalName, oid: user.id }
      : {}),
    ...(oidc.has('email') && user.mail !== undefined ? { email: user.mail } : {}),
    ...(home.id === user.id ? {} : { idp: v1Issuer(settings, home.tenantId) }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(sessionId === undefined ? {} : { sid: sessionId }),
    ...(wantsAuthTime(client) ? { auth_time: Math.floor(authenticatedAt / 1000) } : {}),
    ...(code === undefined ? {} : { c_hash: halfHash(code) }),
    tid: tenant.id,
    uti: newTokenId(),
    ...opaqueClaims(),
  }
  return new SignJWT(payload).setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid }).sign(privateKey)
}

/** @see https://learn.microsoft.com/entra/identity-platform/optional-claims-reference */
function wantsAuthTime({ application }: Client): boolean {
  return (application.optionalClaims?.idToken.length ?? 0) > 0
}

/** Left half of the SHA-256 (OpenID Connect Core §3.3.2.11). */
function halfHash(text: string): string {
  return createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url')
}
