import { createHash, timingSafeEqual } from 'node:crypto'
import { EntraError } from './aadsts.ts'
import { given } from './client-authentication.ts'
import { firstTokens, type PersonGrantDeps } from './first-tokens.ts'
import { type CodeGrant, isWellFormedGrant } from './grants.ts'
import { type GrantRequest, invalidGrant, malformedGrant, proveClient } from './token-answers.ts'

/** Handles `grant_type=authorization_code`: exchanges a code for tokens, once. */
export function createCodeRedemption(deps: PersonGrantDeps) {
  const { clock, grants, authentication } = deps

  return async function redeemCode(request: GrantRequest): Promise<Record<string, unknown>> {
    const { client, authority, form } = request
    const code = given(form, 'code')
    const redirectUri = given(form, 'redirect_uri')
    if (code === undefined) throw new EntraError(900144, { name: 'code' })
    if (!isWellFormedGrant(code)) throw malformedGrant()
    if (redirectUri === undefined) throw new EntraError(900144, { name: 'redirect_uri' })

    const found = grants.findCode(code)
    if (!found || found.grant.appId !== client.appId) throw invalidGrant()
    const { grant } = found
    const proof = await proveClient(request, grant.platform, authentication)
    if (found.redeemed) throw new EntraError(54005)
    if (found.expiresAt <= clock.now().getTime()) throw new EntraError(70008)
    if (authority.tenant && authority.tenant.id !== grant.tenantId) throw new EntraError(700005)
    if (redirectUri !== grant.redirectUri) {
      throw new EntraError(500112, { redirectUri, expected: grant.redirectUri })
    }
    checkVerifier(grant, given(form, 'code_verifier'))

    return firstTokens({ request, grant: grantOnly(grant), nonce: grant.nonce, proof }, deps, () => {
      if (!grants.redeemCode(code)) throw new EntraError(54005)
    })
  }
}

/** Checks the code verifier against the challenge. @see RFC 7636 §4.6 */
function checkVerifier(
  { platform, codeChallenge, codeChallengeMethod }: CodeGrant,
  verifier: string | undefined,
): void {
  if (codeChallenge === undefined) {
    if (platform === 'spa') throw new EntraError(9002325)
    if (verifier !== undefined) throw new EntraError(50147)
    return
  }
  const text = verifier ?? ''
  const made = codeChallengeMethod === 'plain' ? text : createHash('sha256').update(text).digest('base64url')
  const [expected, actual] = [Buffer.from(codeChallenge), Buffer.from(made)]
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) throw new EntraError(501481)
}

/** The fields of a code that the refresh token keeps. */
function grantOnly(grant: CodeGrant) {
  const {
    redirectUri: _redirect,
    nonce: _nonce,
    codeChallenge: _challenge,
    codeChallengeMethod: _method,
    ...rest
  } = grant
  return rest
}
