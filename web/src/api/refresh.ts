import { useQueryClient } from '@tanstack/react-query'

/** Reads again whatever shows one of these tags (`/v1/<tag>`), for what no event tells. */
export function useRefresh(...tags: readonly string[]): () => Promise<void> {
  const queryClient = useQueryClient()
  return () =>
    queryClient.invalidateQueries({
      predicate: ({ queryKey: [head] }) =>
        (head as { tags?: readonly string[] } | undefined)?.tags?.some((tag) => tags.includes(tag)) ?? false,
    })
}
