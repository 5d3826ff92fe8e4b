import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError, CATALOGUE, type ErrorCode } from '../kernel/errors.ts'
import { GRANT_STATES, nextTry, toSignal } from './grant-states.ts'
import type { GrantState } from './grant.ts'

const states = Object.keys(GRANT_STATES) as GrantState[]

describe('the states of a grant', () => {
  it.each(states)('change from %s to connected after a sign-in', (state) => {
    expect(GRANT_STATES[state]['signed-in']).toBe('connected')
  })

  it('never require a person because of an outage of any length', () => {
    fc.assert(
      fc.property(fc.constantFrom(...states), fc.nat(300), (start, times) => {
        let state = start
        for (let time = 0; time < times; time++) state = GRANT_STATES[state]['failed-wait'] ?? state
        expect([start, 'degraded']).toContain(state)
      }),
    )
  })

  it('ignore an outage while a person is required', () => {
    expect(GRANT_STATES['needs-sign-in']['failed-wait']).toBeUndefined()
    expect(GRANT_STATES['needs-admin']['failed-wait']).toBeUndefined()
  })
})

describe('a failure', () => {
  const codes = Object.keys(CATALOGUE) as ErrorCode[]
  it.each(codes.filter((code) => !code.startsWith('tokens.') && !code.startsWith('egress.')))(
    'not about the grant has no signal: %s',
    (code) => expect(toSignal(new AppError(code))).toBeUndefined(),
  )

  it.each([
    ['tokens.grant_ended', 'failed-sign-in'],
    ['tokens.consent_required', 'failed-admin'],
    ['tokens.blocked_by_policy', 'failed-admin'],
    ['tokens.endpoint_unavailable', 'failed-wait'],
    ['tokens.request_refused', 'failed-wait'],
    ['tokens.scope_not_granted', undefined],
  ] as const)('turns %s into %s', (code, signal) => expect(toSignal(new AppError(code))).toBe(signal))
})

describe('the time of the next try', () => {
  const now = new Date('2026-11-02T09:00:00Z')
  const waitMs = (error: AppError, attempts: number, random: number) =>
    nextTry(error, { now, attempts }, () => random).getTime() - now.getTime()

  it('follows exponential backoff with full jitter, at most five minutes', () => {
    const error = new AppError('tokens.endpoint_unavailable')
    expect([0, 1, 2, 10, 1000].map((attempts) => waitMs(error, attempts, 1))).toEqual([
      6000, 11_000, 21_000, 301_000, 301_000,
    ])
    expect(waitMs(error, 10, 0)).toBe(1000)
  })

  it('is later if a person is required, but is always set', () => {
    const error = new AppError('tokens.blocked_by_policy')
    expect([0, 1, 1000].map((attempts) => waitMs(error, attempts, 1))).toEqual([301_000, 601_000, 3_601_000])
  })

  it('is never before the time set by the server', () => {
    const retryAt = new Date(now.getTime() + 120_000)
    expect(waitMs(new AppError('tokens.endpoint_unavailable', { upstream: { retryAt } }), 0, 0)).toBe(120_000)
  })
})
