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

/** Those that Microsoft counts by mailbox. */
export interface CountedTransports extends Transports {
  /** Until when Microsoft wants silence at that mailbox, as far as this process knows. */
  silentUntil(access: Pick<AccountAccess, 'cloudProviderId' | 'address'>): Date | undefined
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
export function createTransports({
  clock,
  egress,
  cloudProviders,
  grants,
  accessTokens,
}: TransportsDeps): CountedTransports {
  const budgets = new Map<string, CallBudget>()
  type Budgeted = Pick<AccountAccess, 'cloudProviderId' | 'address'>
  const keyOf = ({ cloudProviderId, address }: Budgeted) => `${cloudProviderId} ${address.toLowerCase()}`

  function budgetOf(access: Budgeted): CallBudget {
    const key = keyOf(access)
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

  return { of, silentUntil: (access) => budgets.get(keyOf(access))?.pausedUntil() }
}
