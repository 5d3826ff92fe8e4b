import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { getApiKeysOptions, getCloudProvidersOptions, getEmailAccountsOptions } from '../../api/client.ts'
import type { KnownNames } from './audit-sentence.ts'

/** Known names, empty until they are loaded: sentences then describe the object. */
export function useKnownNames(): KnownNames {
  const accounts = useQuery(getEmailAccountsOptions()).data?.emailAccounts
  const providers = useQuery(getCloudProvidersOptions()).data?.cloudProviders
  const keys = useQuery(getApiKeysOptions()).data?.apiKeys
  return useMemo(() => {
    const named = [...(providers ?? []), ...(keys ?? [])].map(({ id, name }) => [id, name] as const)
    const addressed = (accounts ?? []).map(({ id, address }) => [id, address] as const)
    return new Map([...named, ...addressed])
  }, [accounts, providers, keys])
}
