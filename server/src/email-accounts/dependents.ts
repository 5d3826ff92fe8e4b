import type { GrantId } from '../kernel/ids.ts'
import type { GrantSummary } from '../tokens/index.ts'
import type { EmailAccount } from './email-account.ts'

/** What hangs on one person's sign-in. */
export interface Dependents {
  /** Opened by it now. */
  opens: readonly EmailAccount[]
  /** Waits for its turn there: the person stands by and is not at work. */
  standsByFor: readonly EmailAccount[]
  /** Its place is taken by a stand-by, until the person has signed in again. */
  isReplacedAt: readonly EmailAccount[]
  /** If the person leaves, these stop. */
  stops: readonly EmailAccount[]
  /** These go on with their stand-by. */
  goesOn: readonly EmailAccount[]
}

export function dependentsOf({ id }: Pick<GrantSummary, 'id'>, accounts: readonly EmailAccount[]): Dependents {
  const opens = accounts.filter(({ principal }) => principal.kind === 'grant' && principal.grantId === id)
  return {
    opens,
    standsByFor: accounts.filter(({ standBy }) => standBy?.grantId === id && !standBy.insteadOf),
    isReplacedAt: accounts.filter(({ standBy }) => standBy?.insteadOf === id),
    stops: opens.filter((account) => !hasStandBy(account)),
    goesOn: opens.filter(hasStandBy),
  }
}

/** The mailbox of this address that a grant opens, or would open again once it is renewed. */
export function openedBy(
  accounts: readonly EmailAccount[],
  grantId: GrantId,
  address: string,
): EmailAccount | undefined {
  return accounts.find(
    ({ address: own, principal, standBy }) =>
      own.toLowerCase() === address.toLowerCase() &&
      ((principal.kind === 'grant' && principal.grantId === grantId) || standBy?.insteadOf === grantId),
  )
}

/** One who is not at work already, and who could open the mailbox when it was last looked at. */
function hasStandBy({ standBy }: EmailAccount): boolean {
  return standBy !== undefined && standBy.insteadOf === undefined && standBy.reason === undefined
}
