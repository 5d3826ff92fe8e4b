import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { getPage, PAGE_OF_MESSAGES, withEarlier, type ConversationView } from '../../api/conversation.ts'

const NO_PAGES: readonly ConversationView[] = []

/** Messages before the latest ones of a long conversation, fetched on request. */
export function useEarlierMessages(view: ConversationView) {
  const { id } = view.conversation
  const { data, error, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    // The pages continue a page with this start. It stays the same while new messages arrive.
    queryKey: [{ _id: 'earlierMessages', id, start: view.start }],
    queryFn: ({ pageParam, signal }) => getPage(id, { before: pageParam, limit: PAGE_OF_MESSAGES }, signal),
    initialPageParam: view.messages[0]?.id,
    getNextPageParam: ({ earlier, messages }) => (earlier ? messages[0]?.id : undefined),
    enabled: false,
    gcTime: 0,
  })
  const pages = data?.pages ?? NO_PAGES
  return {
    whole: useMemo(() => withEarlier(view, pages), [view, pages]),
    error,
    isFetching,
    more: data ? hasNextPage : view.earlier,
    readOn: async () => {
      await fetchNextPage()
    },
  }
}
