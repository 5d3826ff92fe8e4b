import type { EmailAccount } from '../email-accounts/index.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { GrantSummary } from '../tokens/index.ts'

/** Email accounts that depend on a grant. */
export interface Dependents {
  /** Accounts with the grant as principal. */
  principalOf: readonly EmailAccount[]
  /** Accounts with the grant as backup that has not taken over. */
  backupFor: readonly EmailAccount[]
  /** Accounts whose backup has taken over until the user of this grant signs in again. */
  replacedAt: readonly EmailAccount[]
  /** Accounts of `principalOf` that stop when the grant is removed. */
  stops: readonly EmailAccount[]
  /** Accounts of `principalOf` that continue with their backup. */
  continues: readonly EmailAccount[]
}

export function findDependents({ id }: Pick<GrantSummary, 'id'>, accounts: readonly EmailAccount[]): Dependents {
  const principalOf = accounts.filter(({ principal }) => principal.kind === 'grant' && principal.grantId === id)
  return {
    principalOf,
    backupFor: accounts.filter(({ backupSignIn }) => backupSignIn?.grantId === id && !backupSignIn.insteadOf),
    replacedAt: accounts.filter(({ backupSignIn }) => backupSignIn?.insteadOf === id),
    stops: principalOf.filter((account) => !hasReadyBackup(account)),
    continues: principalOf.filter(hasReadyBackup),
  }
}

/** Finds the account of an address that a grant opens, or would open again after a renewal. */
export function findOpenedBy(
  accounts: readonly EmailAccount[],
  grantId: GrantId,
  address: string,
): EmailAccount | undefined {
  return accounts.find(
    ({ address: own, principal, backupSignIn }) =>
      own.toLowerCase() === address.toLowerCase() &&
      ((principal.kind === 'grant' && principal.grantId === grantId) || backupSignIn?.insteadOf === grantId),
  )
}

/** Returns true if a backup has not taken over, and could open the mailbox at its last check. */
function hasReadyBackup({ backupSignIn }: EmailAccount): boolean {
  return backupSignIn !== undefined && backupSignIn.insteadOf === undefined && backupSignIn.reason === undefined
}
