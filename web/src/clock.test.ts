import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { clock } from './clock.ts'

const NOON = Date.UTC(2026, 10, 25, 12)

beforeEach(() => {
  vi.useFakeTimers({ now: NOON })
})
afterEach(() => {
  clock.hear(new Date(NOON).toUTCString())
  vi.useRealTimers()
})

it("uses the server's time when the browser is an hour late", () => {
  clock.hear(new Date(NOON + 3_600_000).toUTCString())
  vi.advanceTimersByTime(60_000)

  expect(clock.now().getTime()).toBe(NOON + 3_660_000)
})

it("uses the browser's time when they differ by a few seconds, so that nothing jumps", () => {
  clock.hear(new Date(NOON - 3_000).toUTCString())
  expect(clock.now().getTime()).toBe(NOON)
})

it.each([null, '', 'yesterday'])('ignores a header without a valid date: %s', (header) => {
  clock.hear(new Date(NOON + 3_600_000).toUTCString())
  clock.hear(header)
  expect(clock.now().getTime()).toBe(NOON + 3_600_000)
})
