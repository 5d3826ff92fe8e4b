import type { FaultsAsked, Subject } from '../faults/index.ts'
import { EntraError } from './aadsts.ts'
import { given } from './client-authentication.ts'
import type { PersonGrantDeps } from './first-tokens.ts'
import { checkFaults } from './fault-checks.ts'
import { INACTIVITY_DAYS, isWellFormedGrant, type Kept, type RefreshGrant } from './grants.ts'
import { issueIdToken } from './id-tokens.ts'
import { resourceOf } from './scopes.ts'
import {
  answerForPerson,
  checkEnabled,
  checkPolicies,
  checkResource,
  createClientInfo,
  type GrantRequest,
  invalidGrant,
  isoSeconds,
  malformedGrant,
  personBehind,
  proveClient,
  scopesOf,
} from './token-answers.ts'

/**
 * Handles `grant_type=refresh_token`: one refresh token serves every resource with consent. Each use returns a new
 * token and keeps the old one valid, unless the fault of strict rotation is on.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/refresh-tokens
 */
export function createRefreshing(deps: PersonGrantDeps) {
  const { clock, settings, directory, grants, consent, keys, accessTokens, authentication, faults } = deps
  const { people, consents } = directory

  return async function refresh(request: GrantRequest): Promise<Record<string, unknown>> {
    const { client, form } = request
    const token = given(form, 'refresh_token')
    if (token === undefined) throw new EntraError(900144, { name: 'refresh_token' })
    if (!isWellFormedGrant(token)) throw malformedGrant()
    const found = grants.findRefreshToken(token)
    if (!found) throw invalidGrant()
    if (found.grant.appId !== client.appId) throw invalidGrant(undefined, 'client_mismatch')

    const { grant } = found
    const proof = await proveClient(request, grant.platform, authentication)
    // Policies check the time of the sign-in from which the token family comes.
    const subject = { ...request.subject, bornAt: grant.firstIssuedAt }
    checkAge(found, clock.now().getTime(), { faults, subject })
    const identity = personBehind(grant, request, { people, faults })
    checkEnabled(client, { ...subject, tenantId: identity.tenant.id }, { consents, faults })
    const scopes = scopesOf(request, grant)
    const resource = resourceOf(scopes, { mixed: 'first' })
    checkResource(resource, request, identity, faults)
    checkPolicies({ request, identity, resource, subject }, faults)
    const rotation = faults.find('entra.rotation', subject)
    if (grants.isFamilyEnded(grant)) throw invalidGrant()

    const answer = await answerForPerson(
      { request, grant, identity, scopes, resource, proof },
      { accessTokens, consent, faults },
    )
    // No `await` from here to the new token, so that two concurrent uses of one token are processed in sequence.
    if (rotation && !grants.useOnce(token, grant)) {
      rotation.reveal()
      throw invalidGrant()
    }
    const withheld = faults.ask('entra.no-refresh-token', subject)
    return {
      ...answer,
      ...(withheld ? {} : { refresh_token: grants.issueRefreshToken(grant) }),
      ...(scopes.oidc.has('openid')
        ? {
            id_token: await issueIdToken(
              {
                ...{ client, identity, oidc: scopes.oidc, nonce: undefined, sessionId: grant.sessionId },
                authenticatedAt: grant.authenticatedAt,
              },
              { clock, keys, settings },
            ),
          }
        : {}),
      ...(given(form, 'client_info') === '1' ? { client_info: createClientInfo(identity) } : {}),
    }
  }
}

function checkAge(
  { grant, issuedAt, expiresAt }: Kept<RefreshGrant>,
  nowMs: number,
  { faults, subject }: { faults: FaultsAsked; subject: Subject },
): void {
  const values = { issued: isoSeconds(issuedAt) }
  checkFaults(faults, 'entra.refresh-token', subject, values)
  if (nowMs < expiresAt) return
  if (grant.platform === 'spa') {
    throw new EntraError(700084, { time: '1.00:00:00', issued: isoSeconds(grant.firstIssuedAt) })
  }
  throw new EntraError(700082, { issued: isoSeconds(issuedAt), time: `${INACTIVITY_DAYS}.00:00:00` })
}
