import { describe, expect, it } from 'vitest'
import type { AccountHealth } from '../../api/client.ts'
import { eventLines } from './event-lines.ts'

const at = (time: string) => `2026-03-02T${time}:00Z`
const ENDED = {
  code: 'tokens.grant_ended',
  title: 'The sign-in ended',
  remedy: 'sign-in',
  scope: 'user',
  fix: 'Sign in.',
} as const

function health(more: Partial<AccountHealth>): AccountHealth {
  const lists = { states: [], gaps: [], refreshes: [], errors: [], recoveries: [], slots: [] }
  return { ...lists, ...more } as unknown as AccountHealth
}

describe('health events', () => {
  it('are listed newest first, each once: a failure by its error, its end as a recovery', () => {
    const lines = eventLines(
      health({
        states: [
          { from: at('00:00'), to: at('06:00'), state: 'connected' },
          { from: at('06:00'), to: at('08:00'), state: 'needs-sign-in', reason: ENDED },
          { from: at('08:00'), to: at('18:00'), state: 'connected' },
          { from: at('18:00'), to: at('20:00'), state: 'paused' },
        ],
        errors: [{ at: at('06:00'), of: 'reading', reason: ENDED }],
        recoveries: [{ at: at('08:00'), since: at('06:00') }],
        gaps: [{ from: at('06:01'), to: at('07:59') }],
        refreshes: [{ at: at('05:00'), resource: 'graph', ms: 240 }],
      }),
    )
    expect(lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['state', 'The mailbox is paused'],
      ['recovery', 'Works again after 2 hr'],
      ['gap', 'No successful read for 1 hr 58 min'],
      ['error', 'Reading failed: The sign-in ended'],
      ['refresh', 'Token for Microsoft Graph refreshed in 240 ms'],
    ])
    expect(lines[3]!.reason).toEqual(ENDED)
  })

  it('start with changes, not with the state of the day before', () => {
    expect(eventLines(health({ states: [{ from: at('00:00'), to: at('20:00'), state: 'connected' }] }))).toEqual([])
  })
})
