import { describe, expect, it } from 'vitest'
import { freeKey } from './free-key.ts'

describe('the short name of a connected mailbox', () => {
  it('begins with the name before the @, and has a number when that is taken', () => {
    expect(freeKey('sales@contoso.example', new Set())).toBe('SALES')
    expect(freeKey('o.k@contoso.example', new Set())).toBe('OK')
    expect(freeKey('売@contoso.example', new Set())).toBe('BOX')
    expect(freeKey('sales@contoso.example', new Set(['SALES', 'SALE2']))).toBe('SALE3')
  })

  it('is random when all of these are taken', () => {
    const taken = new Set<string>()
    for (let count = 0; count < 1200; count++) {
      const key = freeKey('sales@contoso.example', taken)
      expect(key).toMatch(/^[A-Z0-9]{1,5}$/)
      expect(taken.has(key)).toBe(false)
      taken.add(key)
    }
  })
})
