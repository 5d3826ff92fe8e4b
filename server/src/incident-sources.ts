import { actionTroubles } from './account-actions/index.ts'
import { providerStates } from './cloud-providers/index.ts'
import { accountStates } from './email-accounts/index.ts'
import type { IncidentSources } from './incidents/index.ts'
import { adminAddresses } from './people/index.ts'
import { sendingTroubles } from './submission/index.ts'
import { grantStates } from './tokens/index.ts'

/** States of all rooms, from which incidents are derived. */
export const INCIDENT_SOURCES: IncidentSources = {
  emailAccounts: accountStates,
  cloudProviders: providerStates,
  grants: grantStates,
  sending: sendingTroubles,
  actions: actionTroubles,
  adminAddresses,
}
