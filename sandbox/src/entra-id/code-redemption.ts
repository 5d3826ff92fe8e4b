import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import type { FaultsAsked } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Settings } from '../kernel/settings.ts'
import type { Directory } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import type { AccessTokens } from './access-tokens.ts'
import { type ClientAuthentication, given } from './client-authentication.ts'
import type { Consent } from './consent.ts'
import { type CodeGrant, type Grants, isWellFormedGrant } from './grants.ts'
import { issueIdToken } from './id-tokens.ts'
import { resourceOf, type ScopeRequest } from './scopes.ts'
import type { SigningKeys } from './signing-keys.ts'
import {
  answerForPerson,
  checkEnabled,
  checkPolicies,
  checkResource,
  clientInfoOf,
  type GrantRequest,
  invalidGrant,
  malformedGrant,
  personBehind,
  proveClient,
  scopesOf,
} from './token-answers.ts'

/** What both grants of a person's tokens need. */
export interface PersonGrantDeps {
  clock: Clock
  settings: Settings
  directory: Directory
  grants: Grants
  consent: Consent
  keys: SigningKeys
  accessTokens: AccessTokens
  authentication: ClientAuthentication
  faults: FaultsAsked
}

/** `grant_type=authorization_code`: a code for tokens, once. */
export function createCodeRedemption(deps: PersonGrantDeps) {
  const { clock, settings, directory, grants, consent, keys, accessTokens, authentication, faults } = deps
  const { people, consents } = directory

  return async function redeemCode(request: GrantRequest): Promise<Record<string, unknown>> {
    const { client, authority, form, subject } = request
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

    const identity = personBehind(grant, request, { people, faults })
    checkEnabled(client, { ...subject, tenantId: identity.tenant.id }, { consents, faults })
    const scopes = scopesOf(request, grant)
    const resource = chooseResource(scopes, given(form, 'scope') === undefined)
    checkResource(resource, request, identity, faults)
    checkPolicies({ request, identity, resource, subject }, faults)

    const answer = await answerForPerson(
      { request, grant, identity, scopes, resource, proof },
      { accessTokens, consent, faults },
    )
    // Two requests with one code may both have come this far; only one may go on.
    if (!grants.redeemCode(code)) throw new EntraError(54005)
    const atSignIn = new Set(grant.scope.toLowerCase().split(/\s+/))
    const wants = (scope: string) => scopes.oidc.has(scope) || atSignIn.has(scope)
    return {
      ...answer,
      ...(wants('offline_access') && !faults.ask('entra.no-refresh-token', subject)
        ? {
            refresh_token: grants.issueRefreshToken({
              ...grantOnly(grant),
              firstIssuedAt: clock.now().getTime(),
              family: randomUUID(),
            }),
          }
        : {}),
      ...(wants('openid')
        ? {
            id_token: await issueIdToken(
              {
                client,
                identity,
                oidc: new Set(['profile', 'email'].filter(wants)),
                nonce: grant.nonce,
                sessionId: grant.sessionId,
              },
              { clock, keys, settings },
            ),
          }
        : {}),
      ...(given(form, 'client_info') === '1' ? { client_info: clientInfoOf(identity) } : {}),
    }
  }
}

/** Without `scope` the sign-in's is meant, which must then be for one resource. */
function chooseResource(scopes: ScopeRequest, implied: boolean) {
  try {
    return resourceOf(scopes, { mixed: 'refuse' })
  } catch (error) {
    throw implied ? new EntraError(28003) : error
  }
}

/** @see RFC 7636 §4.6 */
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

/** The lasting part of a code. */
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
