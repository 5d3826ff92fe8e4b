import { useQueries, useQuery } from '@tanstack/react-query'
import {
  getAuditOptions,
  getCloudProvidersOptions,
  getEmailAccountsOptions,
  getGrantsOptions,
  getSignInLinksOptions,
  getWorkOrdersOptions,
} from '../../api/client.ts'
import type { Known } from './path-state.ts'

/** IDs are returned and users sign in elsewhere without an event, so links are polled. */
const LOOK_AGAIN_MS = 5_000

/** All data of the path. Shown data stays visible while it is fetched again. */
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
  const audit = useQuery(getAuditOptions({ query: { limit: 200 } }))
  const all = [providers, grants, accounts, workOrders, signInLinks]
  const result = {
    error: all.find(({ error, data }) => error !== null && data === undefined)?.error,
    retry: () => all.forEach((query) => query.error && void query.refetch()),
  }
  const subjectsOf = (wanted: string) =>
    (audit.data?.entries ?? []).filter(({ action }) => action === wanted).map(({ subject }) => subject)
  // The note about consent is optional; without it, the path is shown all the same.
  if (audit.isPending) return result
  if (!providers.data || !grants.data || !accounts.data || !workOrders.data || !signInLinks.data) return result
  return {
    ...result,
    known: {
      providers: providers.data.cloudProviders,
      grants: grants.data.grants,
      accounts: accounts.data.emailAccounts,
      workOrders: workOrders.data.workOrders,
      signInLinks: signInLinks.data.links,
      consented: subjectsOf('cloud_provider.consented'),
      consentReported: subjectsOf('cloud_provider.consent_reported'),
    },
  }
}
