import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions, type EmailAccount, type Incident } from '../../api/client.ts'
import { useOpenIncidents } from './open-incidents.ts'

const STOPPED: ReadonlySet<EmailAccount['state']> = new Set(['degraded', 'needs-sign-in', 'needs-admin'])

/** The mailboxes I work on that do not do what they should. A paused one does: somebody wanted it so. */
export function useStoppedAccounts(): EmailAccount[] {
  const { data } = useQuery(getEmailAccountsOptions())
  return data?.emailAccounts.filter(({ state }) => STOPPED.has(state)) ?? []
}

/** Undefined when I work on none, of which nothing can be said. */
export function useAccountsHealth(): { stopped: number; paused: number } | undefined {
  const { data } = useQuery(getEmailAccountsOptions())
  // A mailbox that can't send, or lost a folder, is connected all the same.
  const troubled = new Set(affectedNow(useOpenIncidents()).map(({ id }) => id))
  if (!data || data.emailAccounts.length === 0) return undefined
  const accounts = data.emailAccounts
  return {
    stopped: accounts.filter(({ id, state }) => STOPPED.has(state) || troubled.has(id)).length,
    paused: accounts.filter(({ state }) => state === 'paused').length,
  }
}

/** Ids of the mailboxes that can't send at the moment. */
export function useCannotSend(): ReadonlySet<string> {
  return new Set(affectedNow(useOpenIncidents()).flatMap(({ id, affects }) => (affects === 'receiving' ? [] : [id])))
}

function affectedNow(open: readonly Incident[]) {
  return open.flatMap(({ affected }) => affected.filter(({ until }) => until === undefined))
}
