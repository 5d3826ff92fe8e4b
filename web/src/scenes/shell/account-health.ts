import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions, type EmailAccount } from '../../api/client.ts'

const STOPPED: ReadonlySet<EmailAccount['state']> = new Set(['degraded', 'needs-sign-in', 'needs-admin'])

/** The mailboxes I work on that do not do what they should. A paused one does: somebody wanted it so. */
export function useStoppedAccounts(): EmailAccount[] {
  const { data } = useQuery(getEmailAccountsOptions())
  return data?.emailAccounts.filter(({ state }) => STOPPED.has(state)) ?? []
}

/** Undefined when I work on none, of which nothing can be said. */
export function useAccountsHealth(): { stopped: number; paused: number } | undefined {
  const { data } = useQuery(getEmailAccountsOptions())
  if (!data || data.emailAccounts.length === 0) return undefined
  const states = data.emailAccounts.map(({ state }) => state)
  return {
    stopped: states.filter((state) => STOPPED.has(state)).length,
    paused: states.filter((state) => state === 'paused').length,
  }
}
