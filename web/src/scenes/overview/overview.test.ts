import { expect, it } from 'vitest'
import { countStates, isFailing, latestOf } from './account-counts.ts'
import { listExpiring } from './expiry-list.ts'

it('counts mailboxes by state, those that need a person first', () => {
  const states = ['connected', 'paused', 'needs-sign-in', 'connected'] as const
  expect(countStates(states.map((state) => ({ state })))).toEqual([
    ['needs-sign-in', 1],
    ['connected', 2],
    ['paused', 1],
  ])
})

it('a connected mailbox that can’t send is failing, a paused one is not', () => {
  const cannotSend = new Set(['a'])
  expect(isFailing({ id: 'a', state: 'connected' }, cannotSend)).toBe(true)
  expect(isFailing({ id: 'b', state: 'degraded' }, cannotSend)).toBe(true)
  expect(isFailing({ id: 'b', state: 'connected' }, cannotSend)).toBe(false)
  expect(isFailing({ id: 'a', state: 'paused' }, cannotSend)).toBe(false)
})

it('lists credentials that expire within 60 days or have expired, the next one first', () => {
  const of = (expiresAt: string | undefined) => ({ credential: { expiresAt } })
  const now = new Date('2026-01-01T00:00:00Z')
  const all = ['2026-03-03', '2026-02-28', '2025-12-01', undefined].map((day) => of(day && `${day}T00:00:00Z`))
  expect(listExpiring(all, now)).toEqual([of('2025-12-01T00:00:00Z'), of('2026-02-28T00:00:00Z')])
})

it('finds the latest time of several mailboxes', () => {
  expect(latestOf([undefined, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'])).toBe('2026-01-02T00:00:00Z')
  expect(latestOf([undefined])).toBeUndefined()
})
