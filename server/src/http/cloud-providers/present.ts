/** Converts data of `cloud-providers` into API responses. */
import type { CloudProvider, CredentialSummary } from '../../cloud-providers/index.ts'
import { storedReason } from '../../kernel/errors.ts'
import type { Rooms } from '../rooms.ts'

export async function presentProvider({ cloudProviders }: Pick<Rooms, 'cloudProviders'>, provider: CloudProvider) {
  return {
    ...provider,
    reason: presentReason(provider.stateReason),
    expiry: await cloudProviders.expiryOf(provider.id),
  }
}

export function presentCredential({ standing, ...credential }: CredentialSummary) {
  return {
    ...credential,
    standing: presentStanding(standing),
  }
}

function presentStanding(standing: CredentialSummary['standing']) {
  switch (standing.state) {
    case 'untried':
      return { state: standing.state, reason: presentReason(standing.code) }
    case 'refused':
      return { state: standing.state, since: standing.since, reason: presentReason(standing.code)! }
    case 'works':
      return standing
  }
}

export function presentReason(code: string | undefined) {
  if (code === undefined) return undefined
  return storedReason(code)
}
