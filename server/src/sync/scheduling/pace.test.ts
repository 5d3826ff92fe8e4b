import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { nextPoll, nextTry, POLL_MS, SAFETY_POLL_MS } from './pace.ts'

const now = new Date('2026-01-01T12:00:00Z')
const MINUTE_MS = 60_000

function pollMs(quietMinutes: number | undefined, isTold = false, random = 0): number {
  const lastMailAt = quietMinutes === undefined ? undefined : new Date(now.getTime() - quietMinutes * MINUTE_MS)
  return nextPoll({ now, lastMailAt, isTold }, () => random).getTime() - now.getTime()
}

function tryMs(error: AppError, attempts: number, random = 1): number {
  return nextTry(error, { now, attempts }, () => random).getTime() - now.getTime()
}

describe('a mailbox that is well', () => {
  it.each([
    [0, 15],
    [1, 15],
    [10, 30],
    [600, 60],
    [undefined, 60],
  ])('and quiet for %s minutes is asked after %i seconds', (quiet, seconds) => {
    expect(pollMs(quiet)).toBe(seconds * 1000)
  })

  it('and told of by the server is asked nonetheless, every five minutes', () => {
    expect(pollMs(0, true)).toBe(SAFETY_POLL_MS)
  })

  it('is asked a little earlier or later than the others, within 15 and 60 seconds', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (quiet, random) => {
        const ms = pollMs(quiet, false, random)
        expect(ms).toBeGreaterThanOrEqual(POLL_MS.shortest)
        expect(ms).toBeLessThanOrEqual(POLL_MS.longest)
      }),
    )
  })
})

describe('a mailbox that failed', () => {
  const unavailable = new AppError('transports.unavailable')

  it('is tried again after growing pauses of at most ten minutes', () => {
    expect([0, 1, 2, 3, 30].map((attempts) => Math.round(tryMs(unavailable, attempts) / 1000))).toEqual([
      6, 11, 21, 41, 601,
    ])
  })

  it('is tried anywhere within its pause, so that many do not come back together', () => {
    expect(tryMs(unavailable, 3, 0)).toBe(1000)
    expect(tryMs(unavailable, 3, 0.5)).toBe(21_000)
  })

  it('is not tried before the time that the server named', () => {
    const retryAt = new Date(now.getTime() + 90 * MINUTE_MS)
    const throttled = new AppError('transports.throttled', { upstream: { retryAt } })
    fc.assert(
      fc.property(fc.nat(50), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        expect(tryMs(throttled, attempts, random)).toBeGreaterThanOrEqual(90 * MINUTE_MS)
      }),
    )
  })

  it.each(['tokens.grant_ended', 'transports.access_denied'] as const)(
    'and waits for a person is looked at after as long again as it has waited, up to a quarter of an hour: %s',
    (code) => {
      const minutes = [0, 1, 2, 4, 8, 15, 100].map((waited) => {
        const options = { now, attempts: 9, waitsMs: waited * MINUTE_MS }
        return (nextTry(new AppError(code), options, () => 0).getTime() - now.getTime()) / MINUTE_MS
      })
      expect(minutes).toEqual([1, 1, 2, 4, 8, 15, 15])
    },
  )
})
