import { describe, expect, it } from 'vitest'
import { auditSearch, toAuditQuery } from './audit-search.ts'

describe('the filters in the address of the audit list', () => {
  it('are kept if they are valid, and left out otherwise', () => {
    const search = { q: 'rita', actor: 'cli', action: 'tag.created', from: '2026-03-01', to: '2026-13-45', other: 'x' }
    expect(auditSearch(search)).toEqual({ q: 'rita', actor: 'cli', action: 'tag.created', from: '2026-03-01' })
    expect(auditSearch({ q: 5, actor: '', from: 'today' })).toEqual({})
  })

  it('include the whole last day', () => {
    const { since, until } = toAuditQuery({ from: '2026-03-01', to: '2026-03-01' })
    expect(Date.parse(until!) - Date.parse(since!)).toBe(24 * 60 * 60 * 1000)
    expect(toAuditQuery({})).toEqual({})
  })
})
