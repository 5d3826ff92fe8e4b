import { randomUUID } from 'node:crypto'
import type { FaultsAsked } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Settings } from '../kernel/settings.ts'
import type { Directory } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import type { AccessTokens, ClientProof } from './access-tokens.ts'
import { type ClientAuthentication, given } from './client-authentication.ts'
import type { Consent } from './consent.ts'
import type { Grant, Grants } from './grants.ts'
import { issueIdToken } from './id-tokens.ts'
import { resourceOf, type ScopeRequest } from './scopes.ts'
import type { SigningKeys } from './signing-keys.ts'
import {
  answerForPerson,
  checkEnabled,
  checkPolicies,
  checkResource,
  createClientInfo,
  type GrantRequest,
  personBehind,
  scopesOf,
} from './token-answers.ts'

/** Dependencies of all grants that issue a user's tokens. */
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

export interface FreshSignIn {
  request: GrantRequest
  grant: Grant
  nonce: string | undefined
  proof: ClientProof
}

/**
 * Issues the tokens of a new sign-in, the first of a family. `use` redeems the code just before the tokens are issued,
 * and throws when a concurrent request redeemed it first.
 *
 * @throws {EntraError}
 */
export async function firstTokens(
  { request, grant, nonce, proof }: FreshSignIn,
  { clock, settings, directory, grants, consent, keys, accessTokens, faults }: PersonGrantDeps,
  use: () => void,
): Promise<Record<string, unknown>> {
  const { client, form, subject } = request
  const { people, consents } = directory
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
  // Two requests with one code can both reach this line; only one is allowed to continue.
  use()
  const atSignIn = new Set(grant.scope.toLowerCase().split(/\s+/))
  const wants = (scope: string) => scopes.oidc.has(scope) || atSignIn.has(scope)
  const line = { firstIssuedAt: clock.now().getTime(), family: randomUUID() }
  const oidc = new Set(['profile', 'email'].filter(wants))
  return {
    ...answer,
    ...(wants('offline_access') && !faults.ask('entra.no-refresh-token', subject)
      ? { refresh_token: grants.issueRefreshToken({ ...grant, ...line }) }
      : {}),
    ...(wants('openid')
      ? {
          id_token: await issueIdToken(
            { client, identity, oidc, nonce, sessionId: grant.sessionId, authenticatedAt: grant.authenticatedAt },
            { clock, keys, settings },
          ),
        }
      : {}),
    ...(given(form, 'client_info') === '1' ? { client_info: createClientInfo(identity) } : {}),
  }
}

/** Without `scope`, the scope of the sign-in applies, which must then name a single resource. */
function chooseResource(scopes: ScopeRequest, implied: boolean) {
  try {
    return resourceOf(scopes, { mixed: 'refuse' })
  } catch (error) {
    throw implied ? new EntraError(28003) : error
  }
}
