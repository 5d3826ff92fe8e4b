import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { conversationListKey } from './conversation-lists.ts'
import type { Event } from './generated/types.gen.ts'
import { createOutdating } from './live-events.ts'

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
    outdating.note({ id: '1', kind: 'email_account.conversations_closed', payload: {} } as unknown as Event)
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
