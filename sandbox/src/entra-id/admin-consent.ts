import type { FastifyReply } from 'fastify'
import { sendPage } from '../kernel/site.ts'
import type { Directory } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import type { Authority } from './authority.ts'
import { refuse } from './authorize.ts'
import type { Caller } from './authorize-request.ts'
import { given } from './client-authentication.ts'
import { adminConsentPage, needsAdminPage } from './consent-pages.ts'
import { type Consent, hashWanted, type Wanted } from './consent.ts'
import type { ErrorAnswers } from './error-answers.ts'
import type { SignInFlow, Visit } from './sign-in-flow.ts'
import { readScopes } from './scopes.ts'
import { goBack } from './redirect-target.ts'

/**
 * Handles the admin consent endpoint: an admin grants an application permissions for the organization. With `scope`
 * (v2) it grants the named scopes. With `/.default` or without `scope` (v1) it grants all registered permissions,
 * including application permissions.
 *
 * @throws {EntraError} when the request is invalid; the error goes to the redirect URI
 * @see https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
 */
export function createAdminConsentFlow(
  query: URLSearchParams,
  authority: Authority,
  { client, redirectTarget: answered }: Caller,
  style: 'v1' | 'v2',
  { directory, consent, answers }: { directory: Directory; consent: Consent; answers: ErrorAnswers },
): SignInFlow {
  const redirectTarget = { ...answered, mode: 'query' as const }
  const scope = given(query, 'scope')?.trim()
  const { wanted, roles } = readWanted()

  function readWanted(): { wanted: Wanted[]; roles: Wanted[] } {
    const all = () => ({ wanted: consent.registered(client, 'Scope'), roles: consent.registered(client, 'Role') })
    if (style === 'v1') return all()
    if (scope === undefined || scope === '') throw new EntraError(900144, { name: 'scope' })
    const request = readScopes(scope, { appName: client.name, tenant: authority.tenant?.displayName ?? '' })
    return request.defaults.length > 0 ? all() : { wanted: consent.wantedBy(client, request), roles: [] }
  }

  async function finish({ reply, form, identity, frame, end }: Visit): Promise<FastifyReply> {
    const { tenant, user, home } = identity
    const { homeTenantId } = client
    const options = {
      wanted,
      userName: home.userPrincipalName,
      organization: tenant.displayName,
      publisher: homeTenantId === undefined ? undefined : directory.people.findTenant(homeTenantId)?.displayName,
    }
    if (!user.globalAdministrator) return sendPage(reply, needsAdminPage(options, frame))
    const accepted = form?.get('step') === 'admin-consent' && form.get('consent') === 'accept'
    if (!accepted || form.get('permissions') !== hashWanted([...wanted, ...roles])) {
      return sendPage(reply, adminConsentPage(options, roles, frame))
    }
    consent.grantAsAdmin(client, tenant.id, wanted, roles)
    end()
    return goBack(reply, redirectTarget, {
      admin_consent: 'True',
      tenant: tenant.id,
      ...(scope === undefined || style === 'v1' ? {} : { scope }),
    })
  }

  return {
    client,
    prompt: undefined,
    loginHint: given(query, 'login_hint'),
    domainHint: undefined,
    cancel: (reply, _step, context) =>
      refuse(
        reply,
        redirectTarget,
        new EntraError(65004, {}, { instead: { error: 'consent_required' } }),
        answers,
        context,
      ),
    refuse: (reply, error, context) => refuse(reply, redirectTarget, error, answers, context),
    finish,
  }
}
