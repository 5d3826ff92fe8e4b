import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { getConversationsCountsQueryKey, getDraftsIdQueryKey, getDraftsQueryKey, getSessionQueryKey } from './client.ts'
import { conversationListKey } from './conversation-lists.ts'
import { noteOwnSave } from './draft-saves.ts'
import type { Event } from './generated/types.gen.ts'
import { createOutdating, listen } from './live-events.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('fetches the lists once at a time, so that constant events do not cancel a slow fetch', async () => {
  const queryClient = new QueryClient()
  const fetches: (() => void)[] = []
  const list = new QueryObserver(queryClient, {
    queryKey: conversationListKey({ view: 'open' }),
    queryFn: () => new Promise((resolve) => fetches.push(() => resolve({ pages: [], pageParams: [] }))),
  })
  const stop = list.subscribe(() => undefined)
  fetches[0]!()
  await vi.advanceTimersByTimeAsync(0)

  const outdating = createOutdating(queryClient)
  const close = () =>
    outdating.note({ id: '1', kind: 'email_account.conversations_closed', data: {} } as unknown as Event)
  close()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(fetches).toHaveLength(2)
  close()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(fetches).toHaveLength(2)

  fetches[1]!()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(fetches).toHaveLength(3)
  outdating.stop()
  stop()
})

it('a draft saved in another window fetches the shown list of drafts, and nothing else', async () => {
  const streams: (EventTarget & { onopen?: () => void })[] = []
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal(
    'EventSource',
    class extends EventTarget {
      constructor() {
        super()
        streams.push(this)
      }
      close() {
        streams.length = 0
      }
    },
  )
  onTestFinished(() => void vi.unstubAllGlobals())
  const queryClient = new QueryClient()
  queryClient.setQueryData(getSessionQueryKey(), { lastEventId: 1 })
  const fetched: string[] = []
  const keys = [getDraftsQueryKey(), getDraftsIdQueryKey({ path: { id: 'd1' } }), getConversationsCountsQueryKey()]
  const stops = keys.map((queryKey) => {
    const queryFn = () => fetched.push(queryKey[0]._id)
    return new QueryObserver(queryClient, { queryKey, queryFn, initialData: 0, staleTime: Infinity }).subscribe(() => 0)
  })
  stops.push(listen(queryClient))
  const announce = (draft: object) => {
    const data = JSON.stringify({ ...draft, everyMs: 10_000 })
    streams[0]!.dispatchEvent(new MessageEvent('drafts', { data }))
  }

  noteOwnSave('d1', 2)
  announce({ draftId: 'd1', version: 2 })
  await vi.advanceTimersByTimeAsync(0)
  expect(fetched).toEqual([])
  announce({ draftId: 'd1', version: 3 })
  await vi.advanceTimersByTimeAsync(0)
  expect(fetched).toEqual(['getDrafts'])
  await vi.advanceTimersByTimeAsync(11_000)
  expect(fetched).toEqual(['getDrafts', 'getDrafts'])

  // Saves before its start were announced to no one here.
  streams[0]!.onopen?.()
  await vi.advanceTimersByTimeAsync(11_000)
  expect(fetched).toEqual(['getDrafts', 'getDrafts', 'getDrafts'])
  for (const stop of stops) stop()
})
