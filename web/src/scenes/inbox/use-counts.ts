import { useQuery } from '@tanstack/react-query'
import { getConversationsCountsOptions, type GetConversationsCountsResponse } from '../../api/client.ts'

export type Counts = GetConversationsCountsResponse

/** Numbers of the navigation. Events of conversations, drafts and the outbox update them. */
export function useCounts(): Counts | undefined {
  return useQuery({ ...getConversationsCountsOptions(), staleTime: Infinity }).data
}
