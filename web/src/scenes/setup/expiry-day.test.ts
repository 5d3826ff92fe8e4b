import { describe, expect, it } from 'vitest'
import { toDay, parseExpiryDay } from './expiry-day.ts'

describe('expiry date of a secret', () => {
  it.each(['2027-05-01', '2028-02-29', '2027-12-31', '2027-03-28'])('is restored as the entered day: %s', (day) => {
    expect(toDay(parseExpiryDay(day))).toBe(day)
  })
})
