import { describe, expect, it } from 'vitest'
import type { ApiKey, Person } from '../../api/client.ts'
import { lostKeyLines } from './lost-keys.ts'

const NOW = new Date('2026-06-01T00:00:00Z')
const person = { id: 'p1', role: 'admin' } as Person
const key = (name: string, other: Partial<ApiKey> = {}) => ({ name, createdBy: 'p1', ...other }) as ApiKey

describe('the keys that a person loses', () => {
  it('are named, without those of others, revoked and expired ones', () => {
    const keys = [
      key('Shop', { expiresAt: '2026-06-01T00:00:01Z' }),
      key('Reports'),
      key('Of others', { createdBy: 'p2' }),
      key('Revoked', { revokedAt: '2026-05-01T00:00:00Z' }),
      key('Expired', { expiresAt: '2026-06-01T00:00:00Z' }),
    ]
    expect(lostKeyLines(person, keys, NOW)).toEqual([expect.stringMatching(/: Shop and Reports$/)])
    expect(lostKeyLines(person, keys.slice(2), NOW)).toEqual([])
  })

  it('are five at most, and the number of the others', () => {
    const keys = Array.from({ length: 8 }, (_, index) => key(`K${index}`))
    expect(lostKeyLines(person, keys, NOW)).toEqual([expect.stringMatching(/: K0, K1, K2, K3, K4,? and 3 more$/)])
  })

  it('are mentioned without names until the list is known', () => {
    expect(lostKeyLines(person, undefined, NOW)).toEqual([expect.stringContaining('API keys')])
  })

  it('are none of an agent', () => {
    expect(lostKeyLines({ ...person, role: 'agent' }, undefined, NOW)).toEqual([])
  })
})
