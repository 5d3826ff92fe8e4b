import { listOwnAddresses, type EmailAccount } from '../email-accounts/index.ts'

/** Reports whether an address belongs to a mailbox of Postkey. */
export function isOwnAddress(address: string, accounts: readonly EmailAccount[]): boolean {
  return accounts.some((account) =>
    listOwnAddresses(account).some((own) => own.toLowerCase() === address.toLowerCase()),
  )
}
