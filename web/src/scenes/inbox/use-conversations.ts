import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { getConversations, getEmailAccountsOptions, type EmailAccount, type Excerpt } from '../../api/client.ts'
import { conversationListKey } from '../../api/conversation-lists.ts'
import type { ListPage } from '../../api/list-pages.ts'
import type { InboxSearch } from './inbox-search.ts'
import { markPattern } from './search/mark-pattern.ts'
import { mergePages } from './list-place.ts'
import { wantedList } from './wanted-list.ts'

export { searchedView } from './wanted-list.ts'

export type SearchProblem = NonNullable<ListPage['search']>['problems'][number]
const NO_PROBLEMS: readonly SearchProblem[] = []

/** Pages of the selected conversations as one list. Events update its rows, so it is never stale. */
export function useConversations(search: InboxSearch) {
  const wanted = wantedList(search)
  const query = useInfiniteQuery({
    queryKey: conversationListKey(wanted),
    queryFn: async ({ pageParam, signal }): Promise<ListPage> => {
      const { data } = await getConversations({ query: { ...wanted, before: pageParam }, signal, throwOnError: true })
      return data
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    staleTime: Infinity,
  })
  const pages = query.data?.pages
  const marked = pages?.[0]?.search?.marked
  return {
    ...query,
    rows: useMemo(() => pages && mergePages(pages), [pages]),
    names: useMemo(() => new Map(pages?.flatMap((page) => Object.entries(page.names))), [pages]),
    pattern: useMemo(() => marked && markPattern(marked), [marked]),
    problems: pages?.[0]?.search?.problems ?? NO_PROBLEMS,
    excerpts: useMemo(
      () => new Map<string, Excerpt>(pages?.flatMap((page) => Object.entries(page.search?.excerpts ?? {}))),
      [pages],
    ),
  }
}

const NO_ACCOUNTS: EmailAccount[] = []

/** Events keep the list up to date: it is not fetched again for each opened conversation. */
export function useAccounts(): EmailAccount[] {
  return useQuery({ ...getEmailAccountsOptions(), staleTime: Infinity }).data?.emailAccounts ?? NO_ACCOUNTS
}
