import type { EmailAccount } from './client.ts'

/** Grant of the mailbox; undefined when the application opens it. */
export function principalGrantId({ principal }: EmailAccount): string | undefined {
  return principal.kind === 'grant' ? principal.grantId : undefined
}

/** Id of the sign-in that the mailbox waits for: the main one while a backup opens it. */
export function awaitedGrantId(account: EmailAccount): string | undefined {
  return account.backupSignIn?.insteadOf ?? principalGrantId(account)
}
