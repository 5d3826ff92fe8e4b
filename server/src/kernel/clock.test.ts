import { afterEach, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('tells the time of the system', () => {
  vi.useFakeTimers({ now: new Date('2026-03-29T01:30:00Z') })

  expect(systemClock.now().toISOString()).toBe('2026-03-29T01:30:00.000Z')
})

it('hands out dates that nobody can change for others', () => {
  const first = systemClock.now()
  first.setFullYear(1999)

  expect(systemClock.now().getFullYear()).not.toBe(1999)
})
