import { useQueryClient } from '@tanstack/react-query'

/**
 * Fetches all data with one of these tags (`/v1/<tag>`) again, for changes without an event. Lists of conversations have
 * no tag: see `conversation-lists.ts`.
 */
export function useRefresh(...tags: readonly string[]): () => Promise<void> {
  const queryClient = useQueryClient()
  return () =>
    queryClient.invalidateQueries({
      predicate: ({ queryKey: [head] }) =>
        (head as { tags?: readonly string[] } | undefined)?.tags?.some((tag) => tags.includes(tag)) ?? false,
    })
}
