import type { Cloud, CloudProvider } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { AccessToken, AccessTokens, GrantSummary } from '../tokens/index.ts'
import {
  createCallBudget,
  createGraphTransport,
  type CallBudget,
  type GraphTransportOptions,
  type MailTransport,
} from '../transports/index.ts'
import type { EmailAccount } from './email-account.ts'

/** Which mailbox, and who opens it. */
export type AccountAccess = Pick<EmailAccount, 'address' | 'kind' | 'cloudProviderId' | 'principal'>

/** Opens mailboxes. */
export interface Transports {
  of(access: AccountAccess): Promise<MailTransport>
}

export interface TransportsDeps {
  clock: Clock
  egress: GraphTransportOptions['egress']
  cloudProviders: { get(id: CloudProviderId): Promise<CloudProvider>; cloudOf(provider: CloudProvider): Cloud }
  grants: { get(id: GrantId): Promise<GrantSummary> }
  accessTokens: AccessTokens
}

/**
 * Graph transports with the tokens of a grant. The budget of calls belongs to the mailbox: whoever opens it in this
 * process, for sync, sending or a look at an attachment, shares one, because Microsoft counts them together.
 */
export function createTransports({ clock, egress, cloudProviders, grants, accessTokens }: TransportsDeps): Transports {
  const budgets = new Map<string, CallBudget>()

  function budgetOf({ cloudProviderId, address }: AccountAccess): CallBudget {
    const key = `${cloudProviderId} ${address.toLowerCase()}`
    const budget = budgets.get(key) ?? createCallBudget({ clock })
    budgets.set(key, budget)
    return budget
  }

  async function of(access: AccountAccess): Promise<MailTransport> {
    if (access.principal.kind === 'application') throw new TypeError('no mailbox is opened by an application yet')
    const { grantId } = access.principal
    const [provider, grant] = await Promise.all([cloudProviders.get(access.cloudProviderId), grants.get(grantId)])
    const isOwn = access.kind === 'user' && grant.userName.toLowerCase() === access.address.toLowerCase()
    let handedOut: AccessToken | undefined
    return createGraphTransport({
      cloud: cloudProviders.cloudOf(provider),
      egress,
      clock,
      async accessToken() {
        return (handedOut = await accessTokens.get(grantId, 'graph'))
      },
      async discard(token, claims) {
        // A report about an older one is late: it was replaced since.
        if (handedOut?.value.equals(token.value)) await accessTokens.discard(grantId, 'graph', handedOut, claims)
      },
      address: isOwn ? 'me' : access.address,
      budget: budgetOf(access),
    })
  }

  return { of }
}
