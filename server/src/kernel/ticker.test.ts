import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTicker, type Ticker } from './ticker.ts'

const MINUTE_MS = 60_000

let now = Date.parse('2026-01-01T00:00:00Z')
let runs = 0
let ticker: Ticker
const errors: unknown[] = []

beforeEach(() => {
  vi.useFakeTimers()
  runs = 0
  errors.length = 0
})
afterEach(async () => {
  await ticker.stop()
  vi.useRealTimers()
})

function tick(run: () => Promise<void> = count): Ticker {
  ticker = createTicker({
    name: 'test.ticker',
    clock: { now: () => new Date(now) },
    everyMs: MINUTE_MS,
    deadlineMs: 2 * MINUTE_MS,
    run,
    onError: (error) => errors.push(error),
  })
  ticker.start()
  return ticker
}

function count(): Promise<void> {
  runs++
  return Promise.resolve()
}

it('a ticker runs at the start and again when its interval is over by the given clock', async () => {
  tick()
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
  expect(runs).toBe(1)

  now += MINUTE_MS
  await vi.advanceTimersByTimeAsync(1000)
  expect(runs).toBe(2)
})

it('a ticker runs once however far the clock is moved, and again after it is set back', async () => {
  tick()
  now += 100 * 24 * 60 * MINUTE_MS
  await vi.advanceTimersByTimeAsync(1000)
  expect(runs).toBe(2)

  now -= 50 * 24 * 60 * MINUTE_MS
  await vi.advanceTimersByTimeAsync(1000)
  expect(runs).toBe(3)
})

it('a ticker never runs twice at once, and once more when it was poked meanwhile', async () => {
  let end: () => void = () => undefined
  tick(() => {
    runs++
    return new Promise((resolve) => (end = resolve))
  })
  ticker.poke()
  ticker.poke()
  expect(runs).toBe(1)

  end()
  await vi.advanceTimersByTimeAsync(0)
  expect(runs).toBe(2)
  end()
})

it('a ticker continues after a failed run', async () => {
  tick(() => Promise.reject(new Error(`run ${++runs}`)))
  now += MINUTE_MS
  await vi.advanceTimersByTimeAsync(1000)

  expect(runs).toBe(2)
  expect(errors).toHaveLength(2)
})

it('a ticker abandons a run over its deadline and runs again', async () => {
  const ends: (() => void)[] = []
  tick(() => new Promise((resolve) => ends.push(resolve)))
  await vi.advanceTimersByTimeAsync(2 * MINUTE_MS + 1000)
  expect(ends).toHaveLength(2)
  for (const end of ends) end()
  expect(errors).toMatchObject([{ code: 'kernel.round_abandoned' }])
})

it('a ticker starts no run after its stop, which waits for the current run', async () => {
  let ended = false
  tick(async () => {
    await new Promise((resolve) => setTimeout(resolve, 4000))
    ended = true
  })
  const stopped = ticker.stop()
  await vi.advanceTimersByTimeAsync(5000)
  await stopped
  expect(ended).toBe(true)

  ticker.poke()
  now += MINUTE_MS
  await vi.advanceTimersByTimeAsync(5000)
  expect(errors).toEqual([])
})
