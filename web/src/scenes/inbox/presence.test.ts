import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Viewer } from '../../api/client.ts'
import { keepPresence } from './presence.ts'

const LIFETIME_MS = 30_000

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A conversation with one other viewer, whose last report is some time ago. */
function withBen(agoMs = 0) {
  const now = () => vi.getMockedSystemTime()!.getTime()
  const expiry = now() - agoMs + LIFETIME_MS
  const shown: string[][] = []
  const calls = { reports: 0, lists: 0 }
  let change: () => void = () => undefined
  const viewers = () => {
    const expiresInMs = expiry - now()
    const ben = { personId: 'ben', name: 'Ben', activity: 'writing', since: '', expiresInMs } satisfies Viewer
    return Promise.resolve(expiresInMs > 0 ? [ben] : [])
  }
  const stop = keepPresence(
    {
      report: () => (calls.reports++, viewers()),
      list: () => (calls.lists++, viewers()),
      onChange: (listener) => ((change = listener), () => (change = () => undefined)),
    },
    (now) => shown.push(now.map(({ personId }) => personId)),
  )
  return { shown, calls, stop, change: () => change() }
}

it('removes a silent viewer at the end of 30 seconds, between two reports', async () => {
  const { shown, stop } = withBen(4_000)
  await vi.advanceTimersByTimeAsync(LIFETIME_MS - 4_001)
  expect(shown.at(-1)).toEqual(['ben'])
  await vi.advanceTimersByTimeAsync(1)
  expect(shown.at(-1)).toEqual([])
  stop()
})

it('lists the viewers of an announced change at once, and reports three times in the lifetime of a report', async () => {
  const { shown, calls, change, stop } = withBen()
  await vi.advanceTimersByTimeAsync(LIFETIME_MS - 1)
  expect(calls).toEqual({ reports: 3, lists: 0 })
  change()
  await vi.advanceTimersByTimeAsync(0)
  expect(calls.lists).toBe(1)
  expect(shown).toHaveLength(4)
  stop()
  await vi.advanceTimersByTimeAsync(LIFETIME_MS)
  change()
  expect(calls).toEqual({ reports: 3, lists: 1 })
})
