import type { Cloud, CloudProvider } from '../../cloud-providers/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import { isSameAddress } from '../../mail/index.ts'
import type { OwnershipCheck } from '../../tokens/index.ts'
import { createCallBudget, createGraphTransport, type GraphTransportOptions } from '../index.ts'

/** Microsoft is not asked again so soon after it did not answer or refused. */
const ASK_AGAIN_MS = 10 * 60_000
/** An address can be given to another user. */
const KNOWN_FOR_MS = 24 * 60 * 60_000

interface OwnAddresses {
  addresses: readonly string[]
  askedAt: number
  wasAnswered: boolean
}

/**
 * Addresses of the users who signed in. In Entra ID the user name (UPN) is often not the address of the mailbox, and a
 * mailbox opened as that of another user needs more permissions, takes smaller attachments and announces no new mail.
 *
 * @param ask the addresses of the user behind a grant
 */
export function createUserAddresses(clock: Clock, ask: (grantId: GrantId) => Promise<string[]>) {
  const known = new Map<GrantId, OwnAddresses>()

  async function addressesOf(grantId: GrantId): Promise<readonly string[]> {
    const now = clock.now().getTime()
    const last = known.get(grantId)
    if (last && now - last.askedAt < (last.wasAnswered ? KNOWN_FOR_MS : ASK_AGAIN_MS)) return last.addresses
    try {
      const addresses = await ask(grantId)
      known.set(grantId, { addresses, askedAt: now, wasAnswered: true })
      return addresses
    } catch {
      // The mailbox opens by its address all the same.
      const addresses = last?.addresses ?? []
      known.set(grantId, { addresses, askedAt: now, wasAnswered: false })
      return addresses
    }
  }

  return {
    /** Returns true for an address of the user. Requests the addresses from Microsoft only if the user name differs. */
    async isOwn(grantId: GrantId, userName: string, address: string): Promise<boolean> {
      return (
        isSameAddress(userName, address) || (await addressesOf(grantId)).some((each) => isSameAddress(each, address))
      )
    },
  }
}

export interface OwnershipCheckDeps {
  clock: Clock
  egress: GraphTransportOptions['egress']
  cloudProviders: { get(id: CloudProviderId): Promise<CloudProvider>; cloudOf(provider: CloudProvider): Cloud }
}

/** The same for a user who has just signed in and whose sign-in is not stored yet. */
export function createOwnershipCheck({ clock, egress, cloudProviders }: OwnershipCheckDeps): OwnershipCheck {
  return async ({ provider, userName, address, accessToken }) => {
    if (isSameAddress(userName, address)) return true
    if (accessToken.resource !== 'graph') return false
    const { ownAddresses } = createGraphTransport({
      cloud: cloudProviders.cloudOf(provider),
      egress,
      clock,
      accessToken: () => Promise.resolve(accessToken),
      discard: () => Promise.resolve(),
      address: 'me',
      budget: createCallBudget({ clock }),
    })
    const own = await ownAddresses().catch(() => [])
    return own.some((each) => isSameAddress(each, address))
  }
}
