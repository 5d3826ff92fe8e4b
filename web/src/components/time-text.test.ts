import { expect, it } from 'vitest'
import { listTime } from './time-text.ts'

it('the time in a list is a clock time today, then a weekday, then a date', () => {
  const now = new Date(2026, 10, 28, 12, 0)
  const shown = (...at: [number, number, number, number, number]) => listTime(new Date(...at), now, 'en-GB')

  expect(shown(2026, 10, 28, 9, 41)).toBe('09:41')
  expect(shown(2026, 10, 27, 23, 59)).toBe('Fri')
  expect(shown(2026, 10, 22, 9, 0)).toBe('Sun')
  expect(shown(2026, 10, 21, 9, 0)).toBe('21 Nov')
  expect(shown(2025, 10, 21, 9, 0)).toBe('21 Nov 2025')
  // The clock of the sender can be ahead.
  expect(shown(2026, 10, 29, 9, 0)).toBe('29 Nov')
})
