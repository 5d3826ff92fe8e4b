import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions, type EmailAccount } from '../../api/client.ts'

const STOPPED: ReadonlySet<EmailAccount['state']> = new Set(['degraded', 'needs-sign-in', 'needs-admin'])

/**
 * The mailboxes I work on that do not do what they should. A paused one does: somebody wanted it so. Undefined when I
 * work on none, of which nothing can be said.
 */
export function useStoppedAccounts(): EmailAccount[] | undefined {
  const { data } = useQuery(getEmailAccountsOptions())
  return data?.emailAccounts.length === 0 ? undefined : data?.emailAccounts.filter(({ state }) => STOPPED.has(state))
}
