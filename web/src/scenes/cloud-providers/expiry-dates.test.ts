import { describe, expect, it } from 'vitest'
import type { ProviderCredential } from '../../api/client.ts'
import { daysLeft, toExpiryDate, lastToEnd } from './expiry-dates.ts'

const NOW = new Date('2026-05-01T12:00:00Z')

describe('the expiry of a secret', () => {
  it('is given in days, and is a warning from thirty days before', () => {
    expect(toExpiryDate('2026-07-01T12:00:00Z', NOW)).toEqual({ words: 'expires in 61 days', urgency: 'later' })
    expect(toExpiryDate('2026-05-31T12:00:00Z', NOW)).toEqual({ words: 'expires in 30 days', urgency: 'soon' })
    expect(toExpiryDate('2026-05-01T18:00:00Z', NOW)).toEqual({ words: 'expires within a day', urgency: 'soon' })
  })

  it("counts started days, like the server's mails", () => {
    expect(daysLeft('2026-05-02T13:00:00Z', NOW)).toBe(2)
    expect(daysLeft('2026-05-02T12:00:00Z', NOW)).toBe(1)
    expect(toExpiryDate('2026-05-08T00:00:00Z', NOW).words).toBe('expires in 7 days')
  })

  it('has passed from the exact minute on, and counts whole days since', () => {
    expect(toExpiryDate('2026-05-01T12:00:00Z', NOW)).toEqual({ words: 'expired', urgency: 'over' })
    expect(toExpiryDate('2026-05-01T11:59:00Z', NOW).words).toBe('expired')
    expect(toExpiryDate('2026-04-20T12:00:00Z', NOW).words).toBe('expired 11 days ago')
    expect(toExpiryDate('2026-04-20T00:00:00Z', NOW).words).toBe('expired 11 days ago')
  })

  it('warns when the date is missing, because no countdown is possible', () => {
    expect(toExpiryDate(undefined, NOW)).toEqual({ words: 'expiry date unknown', urgency: 'unknown' })
  })
})

describe('several secrets', () => {
  const ending = (id: string, expiresAt?: string, state = 'works') =>
    ({ id, expiresAt, standing: { state } }) as ProviderCredential

  it('the one that expires last counts, and one without an expiry date expires last', () => {
    expect(lastToEnd([ending('a', '2026-06-01T00:00:00Z'), ending('b', '2027-06-01T00:00:00Z')])?.id).toBe('b')
    expect(lastToEnd([ending('a', '2026-06-01T00:00:00Z'), ending('b')])?.id).toBe('b')
    expect(lastToEnd([])).toBeUndefined()
  })

  it('ignores a credential that Microsoft refuses, unless there is no other', () => {
    const refused = ending('refused', '2028-06-01T00:00:00Z', 'refused')
    expect(lastToEnd([refused, ending('works', '2026-06-01T00:00:00Z')])?.id).toBe('works')
    expect(lastToEnd([refused])?.id).toBe('refused')
  })
})
