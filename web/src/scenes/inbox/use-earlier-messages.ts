import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { getConversationsId } from '../../api/client.ts'
import type { ConversationView } from './entries.ts'

/** Messages before the latest ones of a long conversation, fetched on request. */
export function useEarlierMessages(view: ConversationView) {
  const { id } = view.conversation
  const first = view.messages[0]?.id
  const { data, error, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    queryKey: [{ _id: 'earlierMessages', id }],
    queryFn: async ({ pageParam, signal }) => {
      const { data: page } = await getConversationsId({
        ...{ path: { id }, query: { before: pageParam }, signal, throwOnError: true },
      })
      return page
    },
    initialPageParam: first,
    getNextPageParam: ({ earlier, messages }) => (earlier ? messages[0]?.id : undefined),
    enabled: false,
    gcTime: 0,
  })
  const pages = data?.pages
  const whole = useMemo((): ConversationView => {
    const known = new Set(view.messages.map((message) => message.id))
    const read = (pages ?? []).toReversed().flatMap(({ messages }) => messages)
    return { ...view, messages: [...read.filter((message) => !known.has(message.id)), ...view.messages] }
  }, [view, pages])
  return {
    whole,
    error,
    isFetching,
    more: pages ? hasNextPage : view.earlier,
    readOn: async () => {
      await fetchNextPage()
    },
  }
}
