import { useQueries } from '@tanstack/react-query'
import {
  getCloudProvidersOptions,
  getEmailAccountsOptions,
  getGrantsOptions,
  getSignInLinksOptions,
  getWorkOrdersOptions,
} from '../../api/client.ts'
import type { Known } from './path-state.ts'

/** Somebody elsewhere hands ids back or signs in: no event tells of links, so they are looked at again. */
const LOOK_AGAIN_MS = 5_000

/** All that the path is made of. What is shown stays shown while it is read again. */
export function useKnown(): { known?: Known; error: unknown; retry: () => void } {
  const [providers, grants, accounts, workOrders, signInLinks] = useQueries({
    queries: [
      getCloudProvidersOptions(),
      getGrantsOptions(),
      getEmailAccountsOptions(),
      { ...getWorkOrdersOptions(), refetchInterval: LOOK_AGAIN_MS },
      { ...getSignInLinksOptions(), refetchInterval: LOOK_AGAIN_MS },
    ],
  })
  const all = [providers, grants, accounts, workOrders, signInLinks]
  const result = {
    error: all.find(({ error, data }) => error !== null && data === undefined)?.error,
    retry: () => all.forEach((query) => query.error && void query.refetch()),
  }
  if (!providers.data || !grants.data || !accounts.data || !workOrders.data || !signInLinks.data) return result
  return {
    ...result,
    known: {
      providers: providers.data.cloudProviders,
      grants: grants.data.grants,
      accounts: accounts.data.emailAccounts,
      workOrders: workOrders.data.workOrders,
      signInLinks: signInLinks.data.links,
    },
  }
}
