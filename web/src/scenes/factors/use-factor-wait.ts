import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { getSessionOptions, getSessionQueryKey } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'

/** Interval in which the page of someone who must add a factor looks whether they still must. */
const FACTOR_WAIT_MS = 15_000

/**
 * Looks whether someone who must add a factor still must. In the background, because an unattended page must not keep its
 * session from ending.
 */
export function useFactorWait(isDue: boolean): void {
  const client = useQueryClient()
  const { data, error } = useQuery({
    ...getSessionOptions({ query: { isBackground: 'true' } }),
    enabled: isDue,
    retry: false,
    ...{ gcTime: 0, refetchInterval: isDue && FACTOR_WAIT_MS },
  })
  const isSignedOut = error !== null && toProblem(error).code === 'http.not_signed_in'
  useEffect(() => {
    if (data && !data.missingFactor?.isDue) client.setQueryData(getSessionQueryKey(), data)
  }, [client, data])
  useEffect(() => {
    if (isSignedOut) void client.invalidateQueries({ queryKey: getSessionQueryKey(), exact: true })
  }, [client, isSignedOut])
}
