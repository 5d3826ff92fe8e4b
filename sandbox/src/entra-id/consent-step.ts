import type { Page } from '../kernel/page.ts'
import type { Directory } from '../tenants/index.ts'
import { isPersonal } from './authority.ts'
import type { Client } from './clients.ts'
import { consentPage, needsAdminPage } from './consent-pages.ts'
import { type Consent, type ConsentPlan, hashWanted } from './consent.ts'
import type { Visit } from './sign-in-flow.ts'

/**
 * Records the consent that the user gave on the page.
 *
 * @returns the page to show first; `undefined` once the user has consented
 */
export function takeConsent(
  { form, identity, frame }: Visit,
  plan: Exclude<ConsentPlan, { kind: 'granted' }>,
  client: Client,
  { consent, directory }: { consent: Consent; directory: Directory },
): Page | undefined {
  const { homeTenantId } = client
  const options = {
    wanted: plan.wanted,
    userName: identity.home.userPrincipalName,
    organization: isPersonal(identity.user) ? undefined : identity.tenant.displayName,
    publisher: homeTenantId === undefined ? undefined : directory.people.findTenant(homeTenantId)?.displayName,
  }
  if (plan.kind === 'needs-admin') return needsAdminPage(options, frame)
  const accepts = form?.get('step') === 'consent' && form.get('consent') === 'accept'
  // Consent covers only the permissions that the page showed. If they have changed meanwhile, the page is shown again.
  if (!accepts || form.get('permissions') !== hashWanted(plan.wanted)) return consentPage(options, plan, frame)
  const forAll = plan.forOrganization && form.get('forOrganization') === 'yes'
  consent.grant(client, identity, plan.wanted, { forAll })
  return undefined
}
