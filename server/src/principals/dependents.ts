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

/** Finds the account with one of these addresses, or with one as alias, that a grant opens, or would open again after a renewal. */
export function findOpenedBy(
  accounts: readonly EmailAccount[],
  grantId: GrantId,
  addresses: readonly string[],
): EmailAccount | undefined {
  const wanted = new Set(addresses.map((address) => address.toLowerCase()))
  return accounts.find(
    ({ address, aliases, principal, backupSignIn }) =>
      [address, ...aliases.map((alias) => alias.address)].some((own) => wanted.has(own.toLowerCase())) &&
      ((principal.kind === 'grant' && principal.grantId === grantId) || backupSignIn?.insteadOf === grantId),
  )
}

/** Returns true if a backup has not taken over, and could open the mailbox at its last check. */
function hasReadyBackup({ backupSignIn }: EmailAccount): boolean {
  return backupSignIn !== undefined && backupSignIn.insteadOf === undefined && backupSignIn.reason === undefined
}
