import { describe, expect, it } from 'vitest'
import type { Reason } from './connected-part.ts'
import { documentedReason, findExplanation, type Health, type Incident } from './history.ts'

const CODE = 'transports.throttled'
const reason = (code = CODE): Reason => ({ code, title: 'Too many requests', remedy: 'wait', fix: 'Nothing to do.' })
const noticed = { at: at('10:00'), state: 'degraded', code: CODE }
const history = { incidents: [] as Incident[], health: { states: [], errors: [] } as Health }
const fault = { from: at('10:00'), to: at('11:00') }

const incident = (since: string, closedAt?: string, code = CODE): Incident => ({
  ...{ id: '1', cause: 'microsoft', since: time(since), openedAt: time(since), forAdmins: { reason: reason(code) } },
  ...(closedAt !== undefined && { closedAt: time(closedAt) }),
})

describe('the explanation of a fault', () => {
  it("is the state at the time of the drill's check", () => {
    expect(findExplanation({ ...noticed, reason: reason() }, { ...history, ...fault })).toEqual({
      by: 'state',
      reason: reason(),
    })
  })

  it('is found in the health page when the state passed before the check', () => {
    const states = [{ from: time('10:01'), to: time('10:02'), reason: reason() }]

    expect(findExplanation(noticed, { ...history, ...fault, health: { states, errors: [] } })?.by).toBe('health')
    const errors = [{ at: time('10:01'), reason: reason() }]
    expect(findExplanation(noticed, { ...history, ...fault, health: { states: [], errors } })?.by).toBe('health')
  })

  it.each([
    ['is open', incident('10:20')],
    ['was closed since', incident('10:20', '10:30')],
    ['began before the fault showed and outlived it', incident('09:00', '12:00')],
  ])('is found in an incident that %s', (_what, found) => {
    expect(findExplanation(noticed, { ...history, ...fault, incidents: [found] })?.by).toBe('incident')
  })

  it.each([
    ['another time, before', incident('08:00', '09:00')],
    ['another time, after', incident('12:00')],
    ['another cause', incident('10:20', undefined, 'transports.unavailable')],
  ])('is not taken from an incident of %s', (_what, found) => {
    expect(findExplanation(noticed, { ...history, ...fault, incidents: [found] })).toBeUndefined()
  })

  it('for mail is the code in its history, with the words of the documentation', () => {
    const mail = { ...noticed, state: 'mail queued' }

    expect(findExplanation(mail, { ...history, ...fault })).toEqual({ by: 'event', reason: documentedReason(CODE) })
    expect(documentedReason(CODE)?.fix).not.toBe('')
    expect(findExplanation({ ...mail, code: 'no.such_code' }, { ...history, ...fault })).toBeUndefined()
  })

  it('for a state is not taken from the documentation, which the admin does not see', () => {
    expect(findExplanation(noticed, { ...history, ...fault })).toBeUndefined()
    expect(findExplanation(undefined, { ...history, ...fault })).toBeUndefined()
  })
})

describe('the documentation of a code', () => {
  it('has its title, its remedy and its fix', () => {
    const page =
      '# Errors\n\nIntro.\n\n## a\n\n### a.b\n\n**Broken.**\n\nWho can fix it: an admin (`admin`).\n\nGo there.\n\n### c.d\n'

    expect(documentedReason('a.b', page)).toEqual({ code: 'a.b', title: 'Broken.', remedy: 'admin', fix: 'Go there.' })
    expect(documentedReason('c.d', page)).toBeUndefined()
  })
})

function time(hours: string): string {
  return `2026-03-02T${hours}:00.000Z`
}

function at(hours: string): number {
  return Date.parse(time(hours))
}
