import { useQuery } from '@tanstack/react-query'
import {
  getCloudProvidersOptions,
  getEmailAccountsOptions,
  type EmailAccount,
  type Incident,
} from '../../api/client.ts'
import { useMe } from '../../session/session.ts'
import { useOpenIncidents } from './open-incidents.ts'

const STOPPED: ReadonlySet<EmailAccount['state']> = new Set(['degraded', 'needs-sign-in', 'needs-admin'])

/** The user's mailboxes that don't work as they should. A paused one does: it was paused on purpose. */
export function useStoppedAccounts(): EmailAccount[] {
  const { data } = useQuery(getEmailAccountsOptions())
  return data?.emailAccounts.filter(({ state }) => STOPPED.has(state)) ?? []
}

/** Undefined for a user without mailboxes. */
export function useAccountsHealth(): { stopped: number; stopping: number; paused: number } | undefined {
  const { data } = useQuery(getEmailAccountsOptions())
  const refused = useRefusedProviders()
  // A mailbox that can't send, lost a folder, or whose actions wait is still connected.
  const troubled = new Set(affectedNow(useOpenIncidents()).map(({ id }) => id))
  if (!data || data.emailAccounts.length === 0) return undefined
  const accounts = data.emailAccounts
  const isStopped = ({ id, state }: EmailAccount) => STOPPED.has(state) || troubled.has(id)
  return {
    stopped: accounts.filter(isStopped).length,
    stopping: accounts.filter(
      (account) =>
        !isStopped(account) &&
        account.state !== 'paused' &&
        account.cloudProviderId !== undefined &&
        refused.has(account.cloudProviderId),
    ).length,
    paused: accounts.filter(({ state }) => state === 'paused').length,
  }
}

/**
 * Ids of the Cloud Providers whose credentials Microsoft refuses. Their mailboxes work until their access tokens expire.
 * Only admins may read the providers, and only they can repair them.
 */
function useRefusedProviders(): ReadonlySet<string> {
  const isAdmin = useMe().role === 'admin'
  const { data } = useQuery({ ...getCloudProvidersOptions(), enabled: isAdmin })
  return new Set(data?.cloudProviders.filter(({ state }) => state === 'needs-admin').map(({ id }) => id))
}

/** Ids of the mailboxes that can't send at the moment, as far as the incidents are loaded. */
export function useCannotSend(): ReadonlySet<string> {
  return new Set(
    affectedNow(useOpenIncidents()).flatMap(({ id, affects }) =>
      affects === 'sending' || affects === 'both' ? [id] : [],
    ),
  )
}

/** Ids of the mailboxes whose actions wait, while they receive and send. */
export function useActionsWait(): ReadonlySet<string> {
  return new Set(affectedNow(useOpenIncidents()).flatMap(({ id, affects }) => (affects === 'actions' ? [id] : [])))
}

/** Ids of the mailboxes that can't send or whose actions wait, whatever their connection state. */
export function useTroubled(): ReadonlySet<string> {
  return new Set([...useCannotSend(), ...useActionsWait()])
}

function affectedNow(open: readonly Incident[]) {
  return open.flatMap(({ affected }) => affected.filter(({ until }) => until === undefined))
}
