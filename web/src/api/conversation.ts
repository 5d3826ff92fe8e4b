/** A conversation: its newest messages and the texts that its reader sees first, in one request. */
import type { QueryClient } from '@tanstack/react-query'
import { getConversationsIdQueryKey } from './generated/@tanstack/react-query.gen.ts'
import { getConversationsId } from './generated/sdk.gen.ts'
import type { GetConversationsIdData, GetConversationsIdResponse } from './generated/types.gen.ts'

export type ConversationView = GetConversationsIdResponse
type Asked = NonNullable<GetConversationsIdData['query']>

/** Earlier messages are loaded on request. */
export const PAGE_OF_MESSAGES = 50
const FIRST_BODIES = 3
/** Time for which a conversation loaded in advance needs no second request. Events make it outdated earlier. */
const FRESH_MS = 10_000

/**
 * Query for a conversation. A later fetch returns the messages from the first one of the earlier fetch on: new mail
 * leaves no gap between this page and the ones before it.
 */
export function conversationQuery(id: string, fetchPage = getPage) {
  const first: Asked = { limit: PAGE_OF_MESSAGES, bodies: FIRST_BODIES }
  const queryKey = getConversationsIdQueryKey({ path: { id }, query: first })
  return {
    queryKey,
    queryFn: ({ client, signal }: { client: QueryClient; signal: AbortSignal }) => {
      const known = client.getQueryData<ConversationView>(queryKey)
      // A completely loaded conversation can get an older message: a copy in Sent after its delivery report.
      const since = known?.earlier === true ? known.start : undefined
      return fetchPage(id, since === undefined ? first : { ...first, since }, signal)
    },
    staleTime: FRESH_MS,
  }
}

/** One page of messages with everything else of the conversation. */
export async function getPage(id: string, query: Asked, signal: AbortSignal): Promise<ConversationView> {
  return (await getConversationsId({ path: { id }, query, signal, throwOnError: true })).data
}

/** The view with earlier pages, newest page first, in front of its messages. */
export function withEarlier(view: ConversationView, pages: readonly ConversationView[]): ConversationView {
  if (pages.length === 0) return view
  const known = new Set(view.messages.map((message) => message.id))
  const earlier = pages.toReversed().flatMap(({ messages }) => messages.filter(({ id }) => !known.has(id)))
  const all = [...pages, view]
  return {
    ...view,
    messages: [...earlier, ...view.messages],
    earlier: pages.at(-1)!.earlier,
    submittedBy: Object.assign({}, ...all.map(({ submittedBy }) => submittedBy)) as ConversationView['submittedBy'],
    bounces: Object.assign({}, ...all.map(({ bounces }) => bounces)) as ConversationView['bounces'],
    names: Object.assign({}, ...all.map(({ names }) => names)) as ConversationView['names'],
  }
}
