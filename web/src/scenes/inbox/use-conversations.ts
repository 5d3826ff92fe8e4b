import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
  getConversations,
  getEmailAccountsIdMembersOptions,
  getEmailAccountsOptions,
  type EmailAccount,
} from '../../api/client.ts'
import type { InboxSearch } from './inbox-search.ts'
import { mergePages } from './list-place.ts'

const MEMBERS_STALE_MS = 60_000

/** Pages of the selected conversations as one list. The tag keeps it live. */
export function useConversations({ view, account, q }: InboxSearch) {
  const wanted = { view: searchedView({ view, q }), emailAccountId: account, search: q }
  const query = useInfiniteQuery({
    queryKey: [{ _id: 'conversationList', tags: ['conversations'], ...wanted }],
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await getConversations({ query: { ...wanted, before: pageParam }, signal, throwOnError: true })
      return data
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })
  const pages = query.data?.pages
  return { ...query, rows: useMemo(() => pages && mergePages(pages), [pages]) }
}

/** A search covers all views unless one is chosen. */
export function searchedView({ view, q }: Pick<InboxSearch, 'view' | 'q'>) {
  return view ?? (q === undefined ? 'open' : 'all')
}

const NO_ACCOUNTS: EmailAccount[] = []

export function useAccounts(): EmailAccount[] {
  return useQuery(getEmailAccountsOptions()).data?.emailAccounts ?? NO_ACCOUNTS
}

/** Names of the agents of these mailboxes, by id. */
export function useMemberNames(accountIds: readonly string[]): ReadonlyMap<string, string> {
  return useQueries({
    queries: accountIds.map((id) => ({
      ...getEmailAccountsIdMembersOptions({ path: { id } }),
      staleTime: MEMBERS_STALE_MS,
    })),
    combine: namesIn,
  })
}

function namesIn(
  results: readonly { data?: { members: { id: string; name: string }[] } }[],
): ReadonlyMap<string, string> {
  return new Map(results.flatMap(({ data }) => data?.members ?? []).map(({ id, name }) => [id, name]))
}
