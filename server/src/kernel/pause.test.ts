import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTestClock } from '../../test/kit/test-clock.ts'
import { pauseFor } from './pause.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('a pause ends as soon as the clock is moved past its end', async () => {
  const { clock, isOver } = begin(60_000)

  await vi.advanceTimersByTimeAsync(10_000)
  expect(isOver()).toBe(false)
  clock.advance(60_000)
  await vi.advanceTimersByTimeAsync(200)
  expect(isOver()).toBe(true)
})

it('a pause never exceeds its length in real time, even when the clock stops or is set back', async () => {
  const { clock, isOver } = begin(60_000)
  clock.advance(-3_600_000)

  await vi.advanceTimersByTimeAsync(59_900)
  expect(isOver()).toBe(false)
  await vi.advanceTimersByTimeAsync(100)
  expect(isOver()).toBe(true)
})

it('a pause rejects when its signal is aborted', async () => {
  const ending = new AbortController()
  const waiting = pauseFor(60_000, { clock: createTestClock(), signal: ending.signal })
  const end = expect(waiting).rejects.toThrow('aborted')

  await vi.advanceTimersByTimeAsync(1000)
  ending.abort()
  await end
})

function begin(ms: number) {
  const clock = createTestClock()
  let isOver = false
  void pauseFor(ms, { clock }).then(() => (isOver = true))
  return { clock, isOver: () => isOver }
}
