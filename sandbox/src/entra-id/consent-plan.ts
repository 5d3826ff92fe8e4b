import type { FaultsAsked } from '../faults/index.ts'
import { type Directory, GRAPH } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import type { Identity } from './authority.ts'
import type { Client } from './clients.ts'
import type { Consent, ConsentPlan } from './consent.ts'
import { checkFaults } from './fault-checks.ts'
import type { ScopeRequest } from './scopes.ts'
import { checkEnabled } from './token-answers.ts'

export interface ConsentPlanDeps {
  directory: Directory
  consent: Consent
  faults: FaultsAsked
}

export interface PlannedSignIn {
  /** `authorize`, or the page at which a device is approved. */
  call: string
  client: Client
  identity: Identity
  scopes: ScopeRequest
  askAgain: boolean
}

/**
 * Determines the consent that a signed-in user must still give before the client gets its permissions.
 *
 * @throws {EntraError} 7000112, 50105 and those of policies
 */
export function planConsent(
  { call, client, identity, scopes, askAgain }: PlannedSignIn,
  { directory: { consents }, consent, faults }: ConsentPlanDeps,
): ConsentPlan {
  const { tenant, user, home } = identity
  const { appId, name: appName } = client
  const subject = { call, tenantId: tenant.id, userId: user.id, homeUserId: home.id, appId }
  checkEnabled(client, subject, { consents, faults })
  checkAssignment()
  const resource = consent.wantedBy(client, scopes)[0]?.resource ?? GRAPH
  const values = { appId, appName, tenant: tenant.displayName, user: user.userPrincipalName }
  checkFaults(faults, 'entra.resource', subject, { ...values, resource: resource.audience })
  checkFaults(faults, 'entra.policy', subject, { ...values, resource: resource.appId })

  const rule = faults.find('entra.consent', { ...subject, bornAt: consent.givenAt(client, identity) })
  const plan = consent.plan(client, identity, scopes, {
    askAgain,
    anew: rule?.effect === 'ask-again' || rule?.effect === 'admins-approve-anew',
    adminsOnly: rule?.effect === 'only-admins-decide' || rule?.effect === 'admins-approve-anew',
  })
  if (plan.kind !== 'granted') rule?.reveal()
  return plan

  /** "Assignment required" refuses every user, because the sandbox cannot assign users to an application yet. */
  function checkAssignment(): void {
    if (consents.findServicePrincipal(tenant.id, appId)?.appRoleAssignmentRequired !== true) return
    throw new EntraError(50105, { appName, appId, user: user.userPrincipalName })
  }
}
