import { afterEach, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('the clock returns the time of the system', () => {
  vi.useFakeTimers({ now: new Date('2026-03-29T01:30:00Z') })

  expect(systemClock.now().toISOString()).toBe('2026-03-29T01:30:00.000Z')
})

it('the clock returns dates that callers can change without affecting others', () => {
  const first = systemClock.now()
  first.setFullYear(1999)

  expect(systemClock.now().getFullYear()).not.toBe(1999)
})
