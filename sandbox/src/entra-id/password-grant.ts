import { randomUUID } from 'node:crypto'
import type { User } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import { isPersonal } from './authority.ts'
import { given } from './client-authentication.ts'
import { firstTokens, type PersonGrantDeps } from './first-tokens.ts'
import type { Grant } from './grants.ts'
import { resourceOf } from './scopes.ts'
import { wrongPassword } from './sign-in.ts'
import { checkPolicies, type GrantRequest, personBehind, proveClient, scopesOf } from './token-answers.ts'

/**
 * Handles `grant_type=password` (ROPC): exchanges a user name and password for tokens, without a page. It accepts only
 * accounts of the directory. An account that needs a second factor is refused, because there is no page to enter it.
 *
 * @throws {EntraError} 9001023 on `common` and `consumers`; 50034, 50126, 50057, 50056; 50076 and 50079 where a second
 *   factor is needed; 65001 without consent
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth-ropc
 */
export function createPasswordGrant(deps: PersonGrantDeps) {
  const { clock, directory, authentication, faults } = deps
  const { people } = directory

  return async function signInByPassword(request: GrantRequest): Promise<Record<string, unknown>> {
    const { authority, client, form } = request
    if (authority.kind === 'common' || authority.kind === 'consumers') throw new EntraError(9001023)
    const [userName, password] = [required(form, 'username'), required(form, 'password')]
    const scope = required(form, 'scope')
    const platform = client.application.isFallbackPublicClient ? 'publicClient' : 'web'
    const proof = await proveClient(request, platform, authentication)

    const user = findUser(userName, authority.tenant?.id)
    const tenant = authority.tenant?.displayName ?? authority.segment
    if (!user) throw new EntraError(50034, { user: userName, tenant })
    const refusal = wrongPassword(user, password)
    if (refusal) throw refusal

    const grant: Grant = {
      appId: client.appId,
      homeUserId: user.id,
      tenantId: user.tenantId,
      platform,
      scope,
      authenticatedAt: clock.now().getTime(),
      mfa: false,
      keepSignedIn: false,
      sessionId: randomUUID(),
      personal: false,
    }
    checkSecondFactor(request, grant)
    return firstTokens({ request, grant, nonce: undefined, proof }, deps, () => undefined)
  }

  /** The account must belong to the tenant of the address: guests and personal accounts are refused. */
  function findUser(userName: string, tenantId: string | undefined): User | undefined {
    const user = people.findUserBySignInName(userName.trim())
    if (!user || isPersonal(user)) return undefined
    return tenantId === undefined || user.tenantId === tenantId ? user : undefined
  }

  /** Faults treat the request like an old sign-in, so a policy that requires a page refuses it. */
  function checkSecondFactor(request: GrantRequest, grant: Grant): void {
    const identity = personBehind(grant, request, { people, faults })
    const resource = resourceOf(scopesOf(request, grant), { mixed: 'refuse' })
    const subject = { ...request.subject, bornAt: 0 }
    checkPolicies({ request, identity, resource, subject }, faults)
    if (identity.home.mfaSecret !== undefined) throw new EntraError(50076, { resource: resource.resource.appId })
  }
}

function required(form: URLSearchParams, name: string): string {
  const value = given(form, name)
  if (value === undefined) throw new EntraError(900144, { name })
  return value
}
