import { describe, expect, it } from 'vitest'
import { nextDigestAt, quietUntil } from './digest-times.ts'

const BERLIN = 'Europe/Berlin'
const NIGHT = { from: '18:00', to: '08:10' }

describe('times of digests', () => {
  it.each([
    ['quarter-hourly', '2026-01-10T09:00:00Z', '2026-01-10T09:15:00Z'],
    ['hourly', '2026-01-10T09:00:01Z', '2026-01-10T10:00:00Z'],
    ['daily', '2026-01-10T06:59:59Z', '2026-01-10T07:00:00Z'],
    ['daily', '2026-01-10T07:00:00Z', '2026-01-11T07:00:00Z'],
    // The clocks go forward on 29 March 2026.
    ['daily', '2026-03-28T07:00:00Z', '2026-03-29T06:00:00Z'],
    // The clocks go back on 25 October 2026.
    ['daily', '2026-10-24T06:00:00Z', '2026-10-25T07:00:00Z'],
  ] as const)('%s, after %s: %s', (interval, after, next) => {
    expect(nextDigestAt(interval, BERLIN, new Date(after))).toEqual(new Date(next))
  })

  it('are held back until a quarter of an hour after the quiet hours', () => {
    const until = (at: string) => quietUntil(NIGHT, BERLIN, new Date(at))
    expect(until('2026-01-10T17:00:00Z')).toEqual(new Date('2026-01-11T07:15:00Z'))
    expect(until('2026-01-10T16:59:00Z')).toBeUndefined()
    expect(quietUntil(undefined, BERLIN, new Date('2026-01-10T17:00:00Z'))).toBeUndefined()
  })

  it('have an end also with quiet hours of the whole day', () => {
    const at = new Date('2026-01-10T17:00:00Z')
    expect(quietUntil({ from: '00:00', to: '24:00' }, BERLIN, at)?.getTime()).toBeGreaterThan(at.getTime())
  })
})
