import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { conversationListKey } from '../../../api/conversation-lists.ts'
import type { ListPage } from '../../../api/list-pages.ts'
import { inboxSearch } from '../inbox-search.ts'
import { wantedList } from '../wanted-list.ts'
import { markPattern } from './mark-pattern.ts'

/** Pattern of the texts that the search in the address has found. Requests nothing: the list does. */
export function useMarkPattern(): RegExp | undefined {
  const search = inboxSearch(useSearch({ strict: false }))
  const { data: marked } = useInfiniteQuery({
    queryKey: conversationListKey(wantedList(search)),
    queryFn: (): Promise<ListPage> => Promise.reject(new Error('the list requests it')),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: ListPage) => next,
    select: ({ pages }) => pages[0]?.search?.marked,
    enabled: false,
  })
  return useMemo(() => marked && markPattern(marked), [marked])
}
