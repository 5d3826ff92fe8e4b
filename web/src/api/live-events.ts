/**
 * Live events of the server. An event names the changed object, never its content: components that show it fetch it
 * again. After a disconnect, the stream resumes at `Last-Event-ID`; after a long absence, everything on the screen is
 * fetched again. A silent stream counts as disconnected.
 */
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { keepEventStream } from './event-stream.ts'
import { getSessionQueryKey } from './generated/@tanstack/react-query.gen.ts'
import type { Event } from './generated/types.gen.ts'

/** The part of a kind before its dot. */
type ThingOf<Kind extends string> = Kind extends `${infer Thing}.${string}` ? Thing : never

/** Tags of the routes (`/v1/<tag>`) that show objects of this kind. */
const SHOWN_BY: Readonly<Record<ThingOf<Event['kind']>, readonly string[]>> = {
  message: ['conversations', 'messages', 'email-accounts'],
  conversation: ['conversations', 'drafts', 'events'],
  draft: ['conversations', 'drafts'],
  submission: ['conversations', 'submissions', 'email-accounts', 'restored-backup'],
  folder: ['email-accounts'],
  email_account: ['email-accounts', 'conversations', 'grants'],
  grant: ['grants', 'email-accounts', 'cloud-providers'],
  principal_request: ['email-accounts'],
  sign_in_link: ['sign-in-links', 'grants'],
  cloud_provider: ['cloud-providers', 'email-accounts'],
  incident: ['incidents', 'alerts'],
  alert: ['incidents', 'alerts', 'alert-settings'],
}
/** Finer than `SHOWN_BY`: every grant is refreshed hourly, which no list of mailboxes shows. */
const SHOWN_ALONE_BY: Readonly<Partial<Record<Event['kind'], readonly string[]>>> = { 'grant.refreshed': ['grants'] }
/** Events within this time cause one fetch. */
const GATHER_MS = 150

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

function listen(queryClient: QueryClient, onEvent?: (event: Event) => void): () => void {
  const changed = new Set<string>()
  let gathering: ReturnType<typeof setTimeout> | undefined

  const refresh = () => {
    gathering = undefined
    const tags = new Set(changed)
    changed.clear()
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => tagsOf(queryKey).some((tag) => tags.has(tag)) })
  }
  const open = () =>
    keepEventStream({
      open: () => new EventSource('/v1/events'),
      onOpen: () => {
        // Also on the first connection: data fetched before the stream started may be outdated.
        void queryClient.invalidateQueries()
        setLive('live')
      },
      onLost: () => setLive('lost'),
      // The session has ended, or a proxy responds for a server that is starting.
      onRefused: () => void queryClient.invalidateQueries({ queryKey: getSessionQueryKey() }),
      onMessage: (data) => {
        const event = JSON.parse(data) as Event
        for (const tag of SHOWN_ALONE_BY[event.kind] ?? SHOWN_BY[thingOf(event.kind)]) changed.add(tag)
        gathering ??= setTimeout(refresh, GATHER_MS)
        onEvent?.(event)
      },
      onNamed: {
        presence: (data) => {
          const { conversationId } = JSON.parse(data) as { conversationId: string }
          for (const listener of presenceListeners) listener(conversationId)
        },
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
    clearTimeout(gathering)
    window.removeEventListener('offline', onOffline)
    window.removeEventListener('online', onOnline)
    close()
    setLive('connecting')
  }
}

function thingOf(kind: Event['kind']): ThingOf<Event['kind']> {
  return kind.split('.')[0] as ThingOf<Event['kind']>
}

function tagsOf(queryKey: readonly unknown[]): readonly string[] {
  return (queryKey[0] as { tags?: readonly string[] } | undefined)?.tags ?? []
}

function setLive(now: Live): void {
  live = now
  for (const watcher of watchers) watcher()
}
