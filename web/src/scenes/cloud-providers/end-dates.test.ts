import { describe, expect, it } from 'vitest'
import type { ProviderCredential } from '../../api/client.ts'
import { endOf, lastToEnd } from './end-dates.ts'

const NOW = new Date('2026-05-01T12:00:00Z')

describe('the end of a secret', () => {
  it('is told in days, and is a warning from thirty days before', () => {
    expect(endOf('2026-07-01T12:00:00Z', NOW)).toEqual({ words: '61 days left', urgency: 'later' })
    expect(endOf('2026-05-31T12:00:00Z', NOW)).toEqual({ words: '30 days left', urgency: 'soon' })
    expect(endOf('2026-05-02T13:00:00Z', NOW)).toEqual({ words: '1 day left', urgency: 'soon' })
    expect(endOf('2026-05-01T18:00:00Z', NOW)).toEqual({ words: 'ends today', urgency: 'soon' })
  })

  it('is over from its very minute on', () => {
    expect(endOf('2026-05-01T11:59:00Z', NOW).urgency).toBe('over')
    expect(endOf('2026-04-20T12:00:00Z', NOW).words).toBe('over for 11 days')
  })

  it('is no warning where nobody entered it', () => {
    expect(endOf(undefined, NOW)).toEqual({ words: 'no end date entered', urgency: 'none' })
  })
})

describe('of several secrets', () => {
  it('the one that ends last counts, and one without an end date ends last', () => {
    const ending = (id: string, endsAt?: string) => ({ id, endsAt }) as ProviderCredential

    expect(lastToEnd([ending('a', '2026-06-01T00:00:00Z'), ending('b', '2027-06-01T00:00:00Z')])?.id).toBe('b')
    expect(lastToEnd([ending('a', '2026-06-01T00:00:00Z'), ending('b')])?.id).toBe('b')
    expect(lastToEnd([])).toBeUndefined()
  })
})
