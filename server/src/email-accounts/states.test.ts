import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountState } from './email-account.ts'
import { isTroubled, toReason, toSignal, STATES, type StateSignal } from './states.ts'

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
  it('allow a return to connected from every state', () => {
    for (const state of states) {
      const awake = STATES[state].resume ?? state
      expect(STATES[awake]['up-to-date']).toBe('connected')
    }
  })

  it('can be paused by an admin, and only resuming leaves the paused state', () => {
    for (const state of states) if (state !== 'paused') expect(STATES[state].pause).toBe('paused')
    expect(Object.keys(STATES.paused)).toEqual(['resume'])
  })

  it('ignore transient errors while they require an action of a user', () => {
    for (const state of ['needs-sign-in', 'needs-admin'] as const) {
      expect(STATES[state]['failed-wait']).toBeUndefined()
    }
  })

  it('remain valid for any sequence of signals', () => {
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
  ] as const)('depend on who can fix the failure: %s makes %s', (code, state) => {
    expect(STATES.connected[toSignal(new AppError(code))]).toBe(state)
    expect(isTroubled(state)).toBe(true)
  })

  it('provide a text for the reason, also for a code unknown to this version', () => {
    expect(toReason('transports.throttled')).toMatchObject({ remedy: 'wait', code: 'transports.throttled' })
    expect(toReason('room.of_tomorrow')).toMatchObject({ code: 'kernel.unexpected' })
    expect(toReason('toString')).toMatchObject({ code: 'kernel.unexpected' })
    expect(toReason(null)).toBeUndefined()
  })
})
