import { describe, expect, it } from 'vitest'
import { listErrors, listRecoveries, listSpans, type HealthChange, type Told } from './state-spans.ts'

const at = (time: string) => new Date(`2026-03-02T${time}:00Z`)
const change = (time: string, from: HealthChange['from'], to: HealthChange['to'], reason?: string): HealthChange => ({
  ...{ at: at(time), from, to, reason: reason ?? null },
})

function told(more: Partial<Told> = {}): Told {
  return {
    account: { state: 'connected', reason: undefined, stateSince: at('00:00'), createdAt: new Date(0) },
    ...{ before: undefined, changes: [], from: at('00:00'), to: at('20:00') },
    ...more,
  }
}

const brief = (spans: ReturnType<typeof listSpans>) =>
  spans.map(({ from, to, state, reason }) => [
    from.toISOString().slice(11, 16),
    to.toISOString().slice(11, 16),
    state,
    ...(reason ? [reason.code] : []),
  ])

describe('the states of a day', () => {
  it('begin with the result of the last change before the day, with its reason', () => {
    const before = change('00:00', 'connected', 'degraded', 'transports.throttled')
    const changes = [change('08:00', 'degraded', 'connected')]
    expect(brief(listSpans(told({ before, changes })))).toEqual([
      ['00:00', '08:00', 'degraded', 'transports.throttled'],
      ['08:00', '20:00', 'connected'],
    ])
  })

  it('begin with the origin of the first change of the day if no earlier change is known', () => {
    const changes = [change('06:00', 'connecting', 'connected')]
    expect(brief(listSpans(told({ changes })))[0]).toEqual(['00:00', '06:00', 'connecting'])
  })

  it('are the current state for the entire day if the state never changed', () => {
    expect(brief(listSpans(told()))).toEqual([['00:00', '20:00', 'connected']])
  })

  it('begin at the connection of the mailbox', () => {
    const account = { ...told().account, createdAt: at('05:00') }
    expect(brief(listSpans(told({ account })))).toEqual([['05:00', '20:00', 'connected']])
    expect(listSpans(told({ account: { ...account, createdAt: at('23:00') } }))).toEqual([])
  })

  it('have no holes between them, and a state without duration is omitted', () => {
    const changes = [
      change('06:00', 'connected', 'degraded', 'transports.unavailable'),
      change('07:00', 'degraded', 'connecting'),
      change('07:00', 'connecting', 'connected'),
    ]
    expect(brief(listSpans(told({ changes })))).toEqual([
      ['00:00', '06:00', 'connected'],
      ['06:00', '07:00', 'degraded', 'transports.unavailable'],
      ['07:00', '20:00', 'connected'],
    ])
  })
})

describe('errors', () => {
  it('are changes to a failing state with their reason; a pause by an admin is not an error', () => {
    const changes = [
      change('06:00', 'connected', 'needs-sign-in', 'tokens.grant_ended'),
      change('07:00', 'needs-sign-in', 'connecting'),
      change('08:00', 'connected', 'paused', 'email_accounts.paused'),
    ]
    expect(listErrors(changes, 'reading')).toMatchObject([
      { at: at('06:00'), of: 'reading', reason: { code: 'tokens.grant_ended', remedy: 'sign-in' } },
    ])
  })
})

describe('recoveries', () => {
  it('report the time at which reading resumed and since when it had failed, across all retries', () => {
    const changes = [
      change('06:00', 'connected', 'degraded', 'transports.unavailable'),
      change('07:00', 'degraded', 'needs-sign-in', 'tokens.grant_ended'),
      change('08:00', 'needs-sign-in', 'connecting'),
      change('08:01', 'connecting', 'connected'),
    ]
    expect(listRecoveries({ before: undefined, changes })).toEqual([{ at: at('08:01'), since: at('06:00') }])
  })

  it('include a failure that began on the day before', () => {
    const before = change('00:00', 'connected', 'needs-admin', 'cloud_providers.secret_expired')
    const changes = [change('09:00', 'needs-admin', 'connected')]
    expect(listRecoveries({ before, changes })).toEqual([{ at: at('09:00'), since: at('00:00') }])
  })

  it('exclude a first connection and the end of a pause', () => {
    const changes = [
      change('06:00', 'connecting', 'connected'),
      change('07:00', 'connected', 'paused', 'email_accounts.paused'),
      change('08:00', 'paused', 'connecting'),
      change('08:01', 'connecting', 'connected'),
    ]
    expect(listRecoveries({ before: undefined, changes })).toEqual([])
  })
})
