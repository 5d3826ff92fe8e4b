import { describe, expect, it } from 'vitest'
import { personOnFactorPage } from './factor-wait.ts'

const DUE = { requiredFrom: '2026-01-01T00:00:00Z', isDue: true }

describe('the page for a second factor', () => {
  it('is shown from the time at which the factor is due', () => {
    expect(personOnFactorPage(undefined, { id: 'olga' })).toBeUndefined()
    expect(personOnFactorPage(undefined, { id: 'olga', missingFactor: { ...DUE, isDue: false } })).toBeUndefined()
    expect(personOnFactorPage(undefined, { id: 'olga', missingFactor: DUE })).toBe('olga')
  })

  it('stays after the factor was added', () => {
    expect(personOnFactorPage('olga', { id: 'olga' })).toBe('olga')
  })

  it('ends without a session and for another person', () => {
    expect(personOnFactorPage('olga', undefined)).toBeUndefined()
    expect(personOnFactorPage('olga', { id: 'ben' })).toBeUndefined()
  })
})
