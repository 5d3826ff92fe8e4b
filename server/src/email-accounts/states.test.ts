import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountState } from './email-account.ts'
import { isTroubled, reasonOf, signalOf, STATES, type StateSignal } from './states.ts'

const states = Object.keys(STATES) as EmailAccountState[]
const signals: StateSignal[] = [
  'importing',
  'up-to-date',
  'failed-wait',
  'failed-sign-in',
  'failed-admin',
  'signed-in',
  'pause',
  'resume',
]

describe('the states of an email account', () => {
  it('lead back to connected from everywhere', () => {
    for (const state of states) {
      const awake = STATES[state].resume ?? state
      expect(STATES[awake]['up-to-date']).toBe('connected')
    }
  })

  it('are paused by a person and left by nothing but resuming', () => {
    for (const state of states) if (state !== 'paused') expect(STATES[state].pause).toBe('paused')
    expect(Object.keys(STATES.paused)).toEqual(['resume'])
  })

  it('that wait for a person are not taken for a passing trouble', () => {
    for (const state of ['needs-sign-in', 'needs-admin'] as const) {
      expect(STATES[state]['failed-wait']).toBeUndefined()
    }
  })

  it('stay within the table whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...signals), { maxLength: 30 }), (heard) => {
        const end = heard.reduce<EmailAccountState>((state, signal) => STATES[state][signal] ?? state, 'connecting')
        expect(states).toContain(end)
      }),
    )
  })

  it.each([
    ['transports.throttled', 'degraded'],
    ['tokens.grant_ended', 'needs-sign-in'],
    ['transports.access_denied', 'needs-admin'],
    ['kernel.unexpected', 'degraded'],
  ] as const)('follow who can end the failure: %s makes %s', (code, state) => {
    expect(STATES.connected[signalOf(new AppError(code))]).toBe(state)
    expect(isTroubled(state)).toBe(true)
  })

  it('tell the reason in words, also for a code that this version does not know', () => {
    expect(reasonOf('transports.throttled')).toMatchObject({ remedy: 'wait', code: 'transports.throttled' })
    expect(reasonOf('room.of_tomorrow')).toMatchObject({ code: 'kernel.unexpected' })
    expect(reasonOf('toString')).toMatchObject({ code: 'kernel.unexpected' })
    expect(reasonOf(null)).toBeUndefined()
  })
})
