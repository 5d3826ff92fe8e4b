import { QueryClient } from '@tanstack/react-query'
import { toProblem, type Problem } from './problem.ts'

const MOST_TRIES = 2

/**
 * Fetched data stays visible while it is fetched again. `always`: without a network, a request fails with an error. By
 * default it would wait for the network, with a skeleton in its place, and a mutation with a spinner.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) => count < MOST_TRIES && mayPass(toProblem(error)),
        staleTime: 5_000,
        networkMode: 'always',
        refetchOnReconnect: true,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

/** Only temporary failures are worth a retry. */
function mayPass({ remedy, status }: Problem): boolean {
  return remedy === 'wait' && (status === 0 || status >= 500)
}
