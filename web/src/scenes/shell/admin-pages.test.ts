import { describe, expect, it } from 'vitest'
import { homeOf, isAdminPage, mayOpen } from './admin-pages.ts'

describe('the pages of admins', () => {
  it('include the pages below them', () => {
    expect(['/people', '/email-accounts/01a2', '/set-up'].every(isAdminPage)).toBe(true)
  })

  it('exclude pages with a similar beginning', () => {
    expect(['/inbox', '/inbox/01a2', '/peoples', '/'].some(isAdminPage)).toBe(false)
  })
})

describe('the pages of a role', () => {
  const HEALTH = '/email-accounts/01a2/health'

  it('are the inbox for agents, with figures and health for supervisors', () => {
    expect(['/inbox', '/writing', '/'].every((page) => mayOpen('agent', page))).toBe(true)
    expect(['/figures', HEALTH, '/audit', '/people'].some((page) => mayOpen('agent', page))).toBe(false)
    expect(['/inbox', '/figures', HEALTH].every((page) => mayOpen('supervisor', page))).toBe(true)
    expect(['/audit', '/incidents', '/email-accounts/01a2'].some((page) => mayOpen('supervisor', page))).toBe(false)
  })

  it('are audit, incidents and health for auditors, who start at audit', () => {
    expect(['/audit', '/incidents/01a2', '/figures', HEALTH].every((page) => mayOpen('auditor', page))).toBe(true)
    const others = [
      '/inbox/01a2',
      '/writing',
      '/notifications',
      '/doctor',
      '/email-accounts/01a2',
      '/people',
      '/settings',
    ]
    expect(others.filter((page) => mayOpen('auditor', page))).toEqual([])
    expect([homeOf('auditor'), homeOf('supervisor')]).toEqual(['/audit', '/inbox'])
  })
})
