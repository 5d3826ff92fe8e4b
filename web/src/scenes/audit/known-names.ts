import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
  getApiKeysOptions,
  getCloudProvidersOptions,
  getEmailAccountsOptions,
  getPeopleOptions,
} from '../../api/client.ts'
import { useMe } from '../../session/session.ts'
import type { KnownNames } from './audit-sentence.ts'

/** Known names, empty until they are loaded: sentences then describe the object. Auditors don't see those of Cloud Providers. */
export function useKnownNames(): KnownNames {
  const accounts = useQuery(getEmailAccountsOptions()).data?.emailAccounts
  const enabled = useMe().role === 'admin'
  const providers = useQuery({ ...getCloudProvidersOptions(), enabled }).data?.cloudProviders
  const keys = useQuery(getApiKeysOptions()).data?.apiKeys
  const people = useQuery(getPeopleOptions()).data?.people
  return useMemo(() => {
    const named = [...(providers ?? []), ...(keys ?? []), ...(people ?? [])].map(({ id, name }) => [id, name] as const)
    const addressed = (accounts ?? []).map(({ id, address }) => [id, address] as const)
    return new Map([...named, ...addressed])
  }, [accounts, providers, keys, people])
}
