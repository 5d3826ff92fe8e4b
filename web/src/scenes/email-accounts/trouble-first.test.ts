import { describe, expect, it } from 'vitest'
import { troubleFirst } from './trouble-first.ts'

describe('the order of mailboxes', () => {
  it('puts what needs somebody first and what was paused on purpose last', () => {
    const accounts = [
      { name: 'A', state: 'paused' },
      { name: 'B', state: 'connected' },
      { name: 'C', state: 'needs-sign-in' },
      { name: 'D', state: 'importing' },
    ] as const
    expect(troubleFirst(accounts).map(({ name }) => name)).toEqual(['C', 'D', 'B', 'A'])
  })

  it('counts in names as people do', () => {
    const accounts = ['Store 10', 'store 2', 'Store 1'].map((name) => ({ name, state: 'connected' as const }))
    expect(troubleFirst(accounts).map(({ name }) => name)).toEqual(['Store 1', 'store 2', 'Store 10'])
  })
})
