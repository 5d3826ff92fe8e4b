import { afterEach, describe, expect, it, vi } from 'vitest'
import { toDay, healthSearch, neighbor, toTimeRange } from './day.ts'

afterEach(() => vi.unstubAllEnvs())

describe('a day', () => {
  it("starts and ends at midnight in the reader's time zone, also when the clocks change", () => {
    vi.stubEnv('TZ', 'Europe/Berlin')
    expect(toTimeRange('2026-03-02')).toEqual({ from: '2026-03-01T23:00:00.000Z', to: '2026-03-02T23:00:00.000Z' })
    expect(toTimeRange('2026-03-29')).toEqual({ from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' })
    expect(toTimeRange('2026-10-25')).toEqual({ from: '2026-10-24T22:00:00.000Z', to: '2026-10-25T23:00:00.000Z' })
  })

  it("is the reader's day of a moment that falls on another day elsewhere", () => {
    vi.stubEnv('TZ', 'America/New_York')
    expect(toDay(new Date('2026-03-02T03:00:00Z'))).toBe('2026-03-01')
  })

  it('has neighbors across months and clock changes', () => {
    vi.stubEnv('TZ', 'Europe/Berlin')
    expect([neighbor('2026-03-01', -1), neighbor('2026-12-31', 1)]).toEqual(['2026-02-28', '2027-01-01'])
    expect([neighbor('2026-10-25', 1), neighbor('2026-10-26', -1)]).toEqual(['2026-10-26', '2026-10-25'])
  })

  it('leaves out a day that no calendar has', () => {
    expect(healthSearch({ day: '2026-03-02' })).toEqual({ day: '2026-03-02' })
    for (const day of ['2026-02-30', 'yesterday', 7, undefined]) expect(healthSearch({ day })).toEqual({})
  })
})
