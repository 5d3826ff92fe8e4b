import { describe, expect, it } from 'vitest'
import type { EmailAccount, IncidentEntry } from '../../api/client.ts'
import { completeUpTo } from './complete-up-to.ts'
import { shortNames } from './short-names.ts'
import { timelineSentence } from './timeline.ts'

const entry = (kind: IncidentEntry['kind'], more: Partial<IncidentEntry> = {}): IncidentEntry => ({
  ...{ id: 1, kind, at: '2026-03-02T10:00:00Z', accounts: [], recipients: [] },
  ...more,
})
const accounts = Array.from({ length: 50 }, (_, n) => ({ id: `${n}`, name: `M${n}`, address: `m${n}@contoso.example` }))

describe('the timeline of an incident', () => {
  it('states the reason and the stopped mailboxes, without listing fifty', () => {
    expect(timelineSentence(entry('opened', { title: 'The secret has expired', accounts }))).toBe(
      'Started: The secret has expired. Affected: m0@contoso.example, m1@contoso.example, m2@contoso.example, and 47 more',
    )
  })

  it('has a code where it has no words, and a fallback where it has no name', () => {
    for (const kind of ['opened', 'reason-changed'] as const) {
      expect(timelineSentence(entry(kind, { to: 'room.of_tomorrow' }))).toContain('room.of_tomorrow')
    }
    expect(timelineSentence(entry('acknowledged'))).toBe('Acknowledged by a former team member')
    expect(timelineSentence(entry('acknowledged', { by: 'Olga' }))).toBe('Acknowledged by Olga')
  })

  it('states that there were no recipients', () => {
    expect(timelineSentence(entry('alerted', { recipients: ['olga@contoso.example'] }))).toBe(
      'Alert to olga@contoso.example',
    )
    expect(timelineSentence(entry('alerted'))).toBe('No recipients for an email alert')
  })
})

describe('short names', () => {
  it('never say "1 more" where the name has room', () => {
    expect(shortNames(['a', 'b', 'c', 'd'])).toBe('a, b, c, and d')
    expect(shortNames(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, and 2 more')
  })
})

describe('complete up to', () => {
  const account = (state: EmailAccount['state'], time?: string) => ({ state, completeUpTo: time }) as EmailAccount
  it('is the time of the mailbox that is furthest behind, except paused ones', () => {
    const all = [
      account('connected', '2026-03-02T10:00:00Z'),
      account('connected', '2026-03-02T09:00:00Z'),
      account('paused', '2026-01-01T00:00:00Z'),
    ]
    expect(completeUpTo(all)).toBe('2026-03-02T09:00:00Z')
  })

  it('is undefined while a mailbox was never complete, or there is none', () => {
    expect(completeUpTo([account('connected', '2026-03-02T10:00:00Z'), account('importing')])).toBeUndefined()
    expect(completeUpTo([])).toBeUndefined()
  })
})
