import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { problemOf, type Problem } from './problem.ts'

const MOST_TRIES = 2

/**
 * What was read stays shown while it is read again. `onSignedOut` is called when any request finds that the session has
 * ended, so that no scene has to think of it.
 */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const watch = (error: unknown) => {
    if (problemOf(error).code === 'http.not_signed_in') onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: { retry: (count, error) => count < MOST_TRIES && mayPass(problemOf(error)), staleTime: 5_000 },
      mutations: { retry: false },
    },
  })
}

/** Only what ends by itself is worth another try. */
function mayPass({ remedy, status }: Problem): boolean {
  return remedy === 'wait' && (status === 0 || status >= 500)
}
