import { EntraError } from './aadsts.ts'
import { given } from './client-authentication.ts'
import type { PersonGrantDeps } from './code-redemption.ts'
import { INACTIVITY_DAYS, isWellFormedGrant, type Kept, type RefreshGrant } from './grants.ts'
import { issueIdToken } from './id-tokens.ts'
import { consult } from './interventions.ts'
import { resourceOf } from './scopes.ts'
import {
  answerForPerson,
  checkEnabled,
  clientInfoOf,
  type GrantRequest,
  invalidGrant,
  isoSeconds,
  malformedGrant,
  personBehind,
  proveClient,
  scopesOf,
} from './token-answers.ts'

/**
 * `grant_type=refresh_token`: one refresh token serves any resource that was consented to. Each use brings a new
 * one and leaves the old one good.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/refresh-tokens
 */
export function createRefreshing(deps: PersonGrantDeps) {
  const { clock, settings, directory, grants, consent, keys, accessTokens, authentication, intervene } = deps

  return async function refresh(request: GrantRequest): Promise<Record<string, unknown>> {
    const { client, authority, form } = request
    const token = given(form, 'refresh_token')
    if (token === undefined) throw new EntraError(900144, { name: 'refresh_token' })
    if (!isWellFormedGrant(token)) throw malformedGrant()
    const found = grants.findRefreshToken(token)
    if (!found) throw invalidGrant()
    if (found.grant.appId !== client.appId) throw invalidGrant(undefined, 'client_mismatch')

    const { grant } = found
    const proof = await proveClient(request, grant.platform, authentication)
    checkAge(found, clock.now().getTime())
    const identity = personBehind(grant, authority, client, directory.people)
    checkEnabled(client, identity.tenant.id, directory.consents)
    const scopes = scopesOf(request, grant)
    const resource = resourceOf(scopes, { mixed: 'first' })
    consult(intervene, {
      endpoint: 'token',
      grantType: 'refresh_token',
      client,
      identity,
      tenantId: identity.tenant.id,
    })

    const answer = await answerForPerson(
      { request, grant, identity, scopes, resource, proof },
      { accessTokens, consent },
    )
    return {
      ...answer,
      refresh_token: grants.issueRefreshToken(grant),
      ...(scopes.oidc.has('openid')
        ? {
            id_token: await issueIdToken(
              { client, identity, oidc: scopes.oidc, nonce: undefined, sessionId: grant.sessionId },
              { clock, keys, settings },
            ),
          }
        : {}),
      ...(given(form, 'client_info') === '1' ? { client_info: clientInfoOf(identity) } : {}),
    }
  }
}

function checkAge({ grant, issuedAt, expiresAt }: Kept<RefreshGrant>, nowMs: number): void {
  if (nowMs < expiresAt) return
  if (grant.platform === 'spa') {
    throw new EntraError(700084, { time: '1.00:00:00', issued: isoSeconds(grant.firstIssuedAt) })
  }
  throw new EntraError(700082, { issued: isoSeconds(issuedAt), time: `${INACTIVITY_DAYS}.00:00:00` })
}
