import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Event } from './generated/types.gen.ts'
import { gatherEvents } from './gather-events.ts'

const event = (id: number) => ({ id, kind: 'email_account.updated', data: {} }) as unknown as Event

describe('gathered events', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** Refreshes that the test ends by itself. */
  function started() {
    const calls: { ids: number[]; end: () => void }[] = []
    const events = gatherEvents(
      (some) => new Promise((resolve) => calls.push({ ids: some.map(({ id }) => id), end: resolve })),
    )
    return { calls, events, ids: () => calls.map((call) => call.ids) }
  }

  it('cause one refresh', async () => {
    const { events, ids } = started()
    events.note(event(1))
    events.note(event(2))
    await vi.advanceTimersByTimeAsync(150)
    expect(ids()).toEqual([[1, 2]])
  })

  it('wait until the refresh under way has ended', async () => {
    const { calls, events, ids } = started()
    events.note(event(1))
    await vi.advanceTimersByTimeAsync(150)
    events.note(event(2))
    await vi.advanceTimersByTimeAsync(10_000)
    events.note(event(3))
    expect(ids()).toEqual([[1]])
    calls[0]?.end()
    await vi.advanceTimersByTimeAsync(150)
    expect(ids()).toEqual([[1], [2, 3]])
  })

  it('do not wait forever for a refresh', async () => {
    const { events, ids } = started()
    events.note(event(1))
    await vi.advanceTimersByTimeAsync(150)
    events.note(event(2))
    await vi.advanceTimersByTimeAsync(15_150)
    expect(ids()).toEqual([[1], [2]])
  })

  it('are gathered longer when there are many', async () => {
    const { calls, events, ids } = started()
    for (let n = 0; n < 51; n++) events.note(event(n))
    await vi.advanceTimersByTimeAsync(150)
    calls[0]?.end()
    events.note(event(51))
    await vi.advanceTimersByTimeAsync(150)
    expect(ids()).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(850)
    expect(ids().at(-1)).toEqual([51])
  })

  it('cause nothing once stopped', async () => {
    const { events, ids } = started()
    events.note(event(1))
    events.stop()
    await vi.advanceTimersByTimeAsync(1000)
    expect(ids()).toEqual([])
  })
})
