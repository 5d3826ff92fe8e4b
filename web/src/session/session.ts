import { useQuery, useQueryClient } from '@tanstack/react-query'
import { deleteSession, getSessionOptions, type SignedInPerson } from '../api/client.ts'

/** The signed-in user. Only below {@link SignedIn}, which checks first. */
export function useMe(): SignedInPerson {
  const { data } = useQuery(getSessionOptions())
  if (!data) throw new TypeError('Nobody is signed in here.')
  return data
}

export function useSignOut(): () => Promise<void> {
  const queryClient = useQueryClient()
  return async () => {
    await deleteSession()
    queryClient.clear()
    // Reloads the page, so that no data of the previous user stays in memory.
    location.assign('/')
  }
}
