import type { EmailAccount } from './client.ts'

/** The grant by which a mailbox is opened; undefined when the application itself opens it. */
export function grantOf({ principal }: EmailAccount): string | undefined {
  return principal.kind === 'grant' ? principal.grantId : undefined
}

/** Whose sign-in the mailbox waits for: of the first, while a stand-by opens it. */
export function awaitedGrantOf(account: EmailAccount): string | undefined {
  return account.standBy?.insteadOf ?? grantOf(account)
}
