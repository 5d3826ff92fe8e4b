import type { FastifyRequest } from 'fastify'
import type { AccessTokenClaims, AccessTokenRefusal, AccessTokenVerifier } from '../../entra-id/index.ts'
import type { FaultsAsked } from '../../faults/index.ts'
import type { Addresses } from '../../kernel/settings.ts'
import { type Directory, GRAPH } from '../../tenants/index.ts'
import { GraphError } from './graph-error.ts'

const REFUSALS: Record<AccessTokenRefusal, string> = {
  empty: 'Access token is empty.',
  malformed:
    'IDX14100: JWT is not well formed, there are no dots (.).\n' +
    "The token needs to be in JWS or JWE Compact Serialization Format. (JWS): 'EncodedHeader.EncodedPayload." +
    "EncodedSignature'. (JWE): 'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector." +
    "EncodedCiphertext.EncodedAuthenticationTag'.",
  // Unconfirmed: the general error text; Graph returned more specific ones for some signatures.
  'bad-signature': 'Access token validation failure.',
  expired: 'Lifetime validation failed, the token is expired.',
  'wrong-audience': 'Access token validation failure. Invalid audience.',
}

export interface BearerCheckDeps {
  accessTokens: AccessTokenVerifier
  directory: Directory
  faults: FaultsAsked
  addresses: Addresses
}

/**
 * Returns the caller from the `Authorization` header. Sends 401 `InvalidAuthenticationToken` for an invalid token.
 *
 * A client that declared `cp1` gets a claims challenge as soon as its user's sessions are revoked or the account is
 * disabled (continuous access evaluation). Any other token stays valid until it expires.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */
export async function checkBearer(request: FastifyRequest, deps: BearerCheckDeps): Promise<AccessTokenClaims> {
  const { accessTokens, directory, faults, addresses } = deps
  const token = /^Bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const answer = token === '' ? ({ refused: 'empty' } as const) : await accessTokens.verify(token, GRAPH.audience)
  if ('refused' in answer) throw unauthorized(REFUSALS[answer.refused], addresses)

  const { claims } = answer
  const user = claims.userId === undefined ? undefined : directory.people.findUser(claims.userId)
  if (!user || !claims.claimsCapable) return claims
  const call = `${request.method} ${request.url.split('?', 1)[0]!.slice(0, 200)}`
  const { tenantId, userId, appId, issuedAt } = claims
  // Last millisecond of the second in which the token was issued.
  const ended = faults.ask('graph.token', { call, tenantId, userId, appId, bornAt: issuedAt + 999 })
  if (ended) throw claimsChallenge(ended.code, Math.floor(ended.notBefore / 1000), addresses)
  // Tokens are dated to the second: one issued in the second of the revocation may be the response to this challenge.
  const validFrom = Math.floor(user.tokensValidFrom / 1000)
  if (claims.issuedAt < validFrom * 1000 || !user.accountEnabled) {
    throw claimsChallenge('TokenIssuedBeforeRevocationTimestamp', validFrom, addresses)
  }
  return claims
}

function unauthorized(message: string, addresses: Addresses): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', message, {
    'www-authenticate': `${challenge(addresses)}, client_id="${GRAPH.appId}"`,
  })
}

function claimsChallenge(code: string, validFrom: number, addresses: Addresses): GraphError {
  const nbf = { essential: true, value: String(validFrom) }
  const claims = Buffer.from(JSON.stringify({ access_token: { nbf } })).toString('base64')
  return new GraphError(
    401,
    'InvalidAuthenticationToken',
    `Continuous access evaluation resulted in challenge with result: InteractionRequired and code: ${code}`,
    { 'www-authenticate': `${challenge(addresses)}, error="insufficient_claims", claims="${claims}"` },
  )
}

function challenge({ login }: Addresses): string {
  return `Bearer realm="", authorization_uri="${login}/common/oauth2/authorize"`
}
