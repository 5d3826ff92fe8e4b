import { createHash, timingSafeEqual } from 'node:crypto'
import { createLocalJWKSet, errors as joseErrors, type JSONWebKeySet, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import type { AuthorizationServer } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'

/** Maximum difference between our clock and Microsoft's, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 300
/** Cache time of the discovery document: one day, as its response allows. */
const DISCOVERY_MAX_AGE_MS = 24 * 60 * 60 * 1000
/**
 * Minimum time between two key requests. Keys rotate without notice, so unknown keys are looked up, but not for each
 * forged token.
 */
const KEYS_MIN_AGE_MS = 30 * 1000

/** The person who signed in, identified by `tenantId` and `objectId`. Names are only for display. */
export interface SignedInPerson {
  tenantId: string
  objectId: string
  userName: string
  displayName: string
}

export interface IdTokenExpectations {
  idToken: Secret
  /** Authority at which the code was redeemed. */
  authority: string
  clientId: string
  /** Hash of the nonce of the request. A device code has none (RFC 8628). */
  nonceHash: Uint8Array | undefined
}

export interface IdTokens {
  /** @throws {AppError} `tokens.id_token_invalid`, or `egress.…` if the keys can't be fetched */
  validate(expectations: IdTokenExpectations): Promise<SignedInPerson>
}

/**
 * Validates ID tokens (OpenID Connect Core 1.0 §3.1.3.7).
 *
 * At `organizations` and `common`, the issuer is a template with `{tenantid}`. It is filled with the token's own `tid`
 * and compared exactly. A key with an issuer is valid only for that issuer, so keys of personal accounts can't sign for
 * an organization.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer
 */
export function createIdTokens(authorizationServer: AuthorizationServer, clock: Clock): IdTokens {
  const issuers = new Map<string, { issuer: string; jwksUri: string; at: number }>()
  const keySets = new Map<string, { keys: KeySet; at: number }>()

  async function validate({ idToken, authority, clientId, nonceHash }: IdTokenExpectations): Promise<SignedInPerson> {
    const { issuer: template, jwksUri } = await discover(authority)
    try {
      const { payload, protectedHeader } = await verify(idToken, clientId, jwksUri)
      const claims = Claims.parse(payload)
      const issuer = template.replace('{tenantid}', claims.tid)
      if (claims.iss !== issuer) throw new TypeError('the issuer is another')
      const keyIssuer = keySets.get(jwksUri)?.keys.keys.find(({ kid }) => kid === protectedHeader.kid)?.issuer
      if (keyIssuer !== undefined && keyIssuer.replace('{tenantid}', claims.tid) !== issuer) {
        throw new TypeError('the key proves tokens of another issuer')
      }
      const given = createHash('sha256').update(claims.nonce).digest()
      if (nonceHash && !timingSafeEqual(given, nonceHash)) {
        throw new TypeError('the nonce is another')
      }
      const { tid: tenantId, oid: objectId, preferred_username: userName, name: displayName } = claims
      return { tenantId, objectId, userName, displayName: displayName ?? userName }
    } catch (error) {
      if (error instanceof AppError) throw error
      throw new AppError('tokens.id_token_invalid', { cause: error })
    }
  }

  async function verify(idToken: Secret, clientId: string, jwksUri: string) {
    const options = {
      algorithms: ['RS256'],
      audience: clientId,
      currentDate: clock.now(),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['exp', 'iat'],
    }
    try {
      return await jwtVerify(idToken.reveal(), await keysOf(jwksUri), options)
    } catch (error) {
      if (!(error instanceof joseErrors.JWKSNoMatchingKey)) throw error
      return await jwtVerify(idToken.reveal(), await keysOf(jwksUri, { again: true }), options)
    }
  }

  async function discover(authority: string): Promise<{ issuer: string; jwksUri: string }> {
    const now = clock.now().getTime()
    const known = issuers.get(authority)
    if (known && now - known.at < DISCOVERY_MAX_AGE_MS) return known
    const answer = await authorizationServer.discover(authority)
    if (!answer.ok) throw new AppError('tokens.endpoint_unavailable', { upstream: answer.upstream })
    const { issuer, jwksUri } = answer
    // The keys decide who can sign in, so they must come from the origin of the sign-in, whatever the document
    // contains.
    if (new URL(jwksUri).origin !== new URL(authority).origin) {
      throw new AppError('tokens.id_token_invalid', { cause: new TypeError('the keys lie at another origin') })
    }
    const found = { issuer, jwksUri, at: now }
    issuers.set(authority, found)
    return found
  }

  async function keysOf(jwksUri: string, { again = false } = {}): Promise<JWTVerifyGetKey> {
    const now = clock.now().getTime()
    const known = keySets.get(jwksUri)
    const maxAge = again ? KEYS_MIN_AGE_MS : DISCOVERY_MAX_AGE_MS
    if (known && now - known.at < maxAge) return createLocalJWKSet(known.keys as JSONWebKeySet)
    const keys = KeySet.parse(await authorizationServer.fetchKeys(jwksUri))
    keySets.set(jwksUri, { keys, at: now })
    return createLocalJWKSet(keys as JSONWebKeySet)
  }

  return { validate }
}

const KeySet = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional(), issuer: z.string().optional() })).max(200),
})
type KeySet = z.infer<typeof KeySet>

const ENTRA_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const Claims = z.object({
  iss: z.string(),
  tid: z.string().regex(ENTRA_ID),
  oid: z.string().regex(ENTRA_ID),
  nonce: z.string().max(200).default(''),
  preferred_username: z.string().max(320).default(''),
  name: z.string().max(400).optional(),
})
