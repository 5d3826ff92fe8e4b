/**
 * Live events of the server. An event names the changed object, never its content: data that shows it is fetched
 * again, and lists of conversations update its row. The stream starts after the event that the session names, so that
 * the first data needs no second fetch. After a disconnect, everything on the screen is fetched again. A silent stream
 * counts as disconnected.
 */
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { keepEventStream } from './event-stream.ts'
import { followDraftSaves } from './draft-saves.ts'
import { gatherEvents } from './gather-events.ts'
import { catchUp, refetchConversationLists, updateConversationLists } from './conversation-lists.ts'
import { getSessionQueryKey } from './generated/@tanstack/react-query.gen.ts'
import type { Event, GetSessionResponse } from './generated/types.gen.ts'
import { CHANGES_LISTS, listChangedRows, isOutdated, type QueryHead } from './outdated.ts'

/** Silence before lists that could not follow the events are fetched again. */
const QUIET_MS = 3_000

/** `connecting`: for the first time, so the state is still unknown. */
export type Live = 'connecting' | 'live' | 'lost'

let live: Live = 'connecting'
const watchers = new Set<() => void>()
const presenceListeners = new Set<(conversationId: string) => void>()

/** `true` while events arrive. */
export function useLive(): Live {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => live,
  )
}

/** Calls `listener` when the viewers of a conversation have changed. */
export function onPresence(listener: (conversationId: string) => void): () => void {
  presenceListeners.add(listener)
  return () => void presenceListeners.delete(listener)
}

/** Keeps the shown data up to date while the component is mounted. */
export function useLiveEvents(onEvent?: (event: Event) => void): void {
  const queryClient = useQueryClient()
  useEffect(() => listen(queryClient, onEvent), [queryClient, onEvent])
}

/** Follows the events until the returned function is called. */
export function listen(queryClient: QueryClient, onEvent?: (event: Event) => void): () => void {
  const outdating = createOutdating(queryClient)
  // No other data shows the content: drafts are marked and counted, and opened from the server.
  const draftSaves = followDraftSaves(() => void invalidate(queryClient, ({ _id }) => _id === 'getDrafts'))
  let lastEventId = queryClient.getQueryData<GetSessionResponse>(getSessionQueryKey())?.lastEventId
  /** False until data fetched before the stream started can be outdated. */
  let mayHaveMissed = lastEventId === undefined
  const open = () =>
    keepEventStream({
      open: () =>
        new EventSource(lastEventId === undefined ? '/v1/events/stream' : `/v1/events/stream?after=${lastEventId}`),
      onOpen: () => {
        if (mayHaveMissed) void queryClient.invalidateQueries()
        mayHaveMissed = true
        draftSaves.open()
        setLive('live')
      },
      onLost: () => setLive('lost'),
      // The session has ended, or a proxy responds for a server that is starting.
      onRefused: () => void queryClient.invalidateQueries({ queryKey: getSessionQueryKey() }),
      onMessage: (data) => {
        const event = JSON.parse(data) as Event
        lastEventId = event.id
        outdating.note(event)
        onEvent?.(event)
      },
      onNamed: {
        presence: (data) => {
          const { conversationId } = JSON.parse(data) as { conversationId: string }
          for (const listener of presenceListeners) listener(conversationId)
        },
        notifications: () => void invalidate(queryClient, ({ tags }) => tags?.includes('notifications') ?? false),
        drafts: draftSaves.note,
      },
    })
  let close = open()
  // The browser knows it long before a silent stream counts as broken.
  const onOffline = () => setLive('lost')
  const onOnline = () => {
    close()
    close = open()
  }
  window.addEventListener('offline', onOffline)
  window.addEventListener('online', onOnline)
  return () => {
    outdating.stop()
    draftSaves.stop()
    window.removeEventListener('offline', onOffline)
    window.removeEventListener('online', onOnline)
    close()
    setLive('connecting')
  }
}

/**
 * Fetches what events changed. Data and rows are gathered apart: rows don't wait for a slow list of mailboxes. No fetch
 * begins before the previous one of its kind has ended, since it would cancel it; under constant events, a slow one would
 * then never end.
 */
export function createOutdating(queryClient: QueryClient) {
  let quiet: ReturnType<typeof setTimeout> | undefined
  const data = gatherEvents(async (events) => {
    const predicate = ({ queryKey }: { queryKey: readonly unknown[] }) =>
      events.some((event) => isOutdated(queryKey[0] ?? {}, event))
    // A fetch in advance may have read the state before the event, and its data would count as fresh.
    void queryClient.cancelQueries({ predicate, type: 'inactive' })
    await queryClient.invalidateQueries({ predicate })
  })
  const rows = gatherEvents(async (events) => {
    const isWhole = events.some(({ kind }) => CHANGES_LISTS.has(kind))
    const ids = new Set(events.flatMap(listChangedRows))
    if (isWhole) await refetchConversationLists(queryClient)
    const isComplete = isWhole || (await updateConversationLists(queryClient, ids))
    if (isComplete && quiet === undefined) return
    clearTimeout(quiet)
    quiet = setTimeout(() => {
      quiet = undefined
      // After a disconnect, the next start of the stream fetches everything.
      if (live !== 'lost') void catchUp(queryClient)
    }, QUIET_MS)
  })
  return {
    note(event: Event) {
      data.note(event)
      rows.note(event)
    },
    stop() {
      data.stop()
      rows.stop()
      clearTimeout(quiet)
    },
  }
}

function invalidate(queryClient: QueryClient, isWanted: (head: QueryHead) => boolean): Promise<void> {
  return queryClient.invalidateQueries({ predicate: ({ queryKey: [head] }) => isWanted((head ?? {}) as QueryHead) })
}

function setLive(now: Live): void {
  live = now
  for (const watcher of watchers) watcher()
}
