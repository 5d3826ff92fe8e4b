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

describe('a healthy mailbox', () => {
  it.each([
    [0, 15],
    [1, 15],
    [10, 30],
    [600, 60],
    [undefined, 60],
  ])('without new mail for %s minutes is polled after %i seconds', (quiet, seconds) => {
    expect(pollMs(quiet)).toBe(seconds * 1000)
  })

  it('with notifications is still polled every five minutes', () => {
    expect(pollMs(0, true)).toBe(SAFETY_POLL_MS)
  })

  it('is polled with jitter, between 15 and 60 seconds', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (quiet, random) => {
        const ms = pollMs(quiet, false, random)
        expect(ms).toBeGreaterThanOrEqual(POLL_MS.shortest)
        expect(ms).toBeLessThanOrEqual(POLL_MS.longest)
      }),
    )
  })
})

describe('a failed mailbox', () => {
  const unavailable = new AppError('transports.unavailable')

  it('is retried with exponential backoff of at most ten minutes', () => {
    expect([0, 1, 2, 3, 30].map((attempts) => Math.round(tryMs(unavailable, attempts) / 1000))).toEqual([
      6, 11, 21, 41, 601,
    ])
  })

  it('is retried with full jitter, so that mailboxes do not return all at once', () => {
    expect(tryMs(unavailable, 3, 0)).toBe(1000)
    expect(tryMs(unavailable, 3, 0.5)).toBe(21_000)
  })

  it('is not retried before the time set by the server', () => {
    const retryAt = new Date(now.getTime() + 90 * MINUTE_MS)
    const throttled = new AppError('transports.throttled', { upstream: { retryAt } })
    fc.assert(
      fc.property(fc.nat(50), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        expect(tryMs(throttled, attempts, random)).toBeGreaterThanOrEqual(90 * MINUTE_MS)
      }),
    )
  })

  it.each(['tokens.grant_ended', 'transports.access_denied'] as const)(
    'is retried, if it waits for a person, after a pause equal to its waiting time, at most 15 minutes: %s',
    (code) => {
      const minutes = [0, 1, 2, 4, 8, 15, 100].map((waited) => {
        const options = { now, attempts: 9, waitsMs: waited * MINUTE_MS }
        return (nextTry(new AppError(code), options, () => 0).getTime() - now.getTime()) / MINUTE_MS
      })
      expect(minutes).toEqual([1, 1, 2, 4, 8, 15, 15])
    },
  )
})
