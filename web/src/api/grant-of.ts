import type { EmailAccount } from './client.ts'

/** The grant by which a mailbox is opened; undefined when the application itself opens it. */
export function grantOf({ principal }: EmailAccount): string | undefined {
  return principal.kind === 'grant' ? principal.grantId : undefined
}

/** Id of the sign-in that the mailbox waits for: the main one while a backup opens it. */
export function awaitedGrantOf(account: EmailAccount): string | undefined {
  return account.standBy?.insteadOf ?? grantOf(account)
}
