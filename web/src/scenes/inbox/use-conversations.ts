import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { getConversations, getEmailAccountsOptions, type EmailAccount } from '../../api/client.ts'
import { conversationListKey, type WantedList } from '../../api/conversation-lists.ts'
import type { ListPage } from '../../api/list-pages.ts'
import type { InboxSearch } from './inbox-search.ts'
import { mergePages } from './list-place.ts'

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
  return {
    ...query,
    rows: useMemo(() => pages && mergePages(pages), [pages]),
    names: useMemo(() => new Map(pages?.flatMap((page) => Object.entries(page.names))), [pages]),
  }
}

/** Conversations that the inbox shows. */
export function wantedList({ view, account, tag, q }: InboxSearch): WantedList {
  return { view: searchedView({ view, q }), emailAccountId: account, tag, search: q }
}

/** A search covers all views unless one is chosen. */
export function searchedView({ view, q }: Pick<InboxSearch, 'view' | 'q'>) {
  return view ?? (q === undefined ? 'open' : 'all')
}

const NO_ACCOUNTS: EmailAccount[] = []

/** Events keep the list up to date: it is not fetched again for each opened conversation. */
export function useAccounts(): EmailAccount[] {
  return useQuery({ ...getEmailAccountsOptions(), staleTime: Infinity }).data?.emailAccounts ?? NO_ACCOUNTS
}
