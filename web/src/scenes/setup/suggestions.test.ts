import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEntraId, likelyKind, suggestKey, suggestName } from './suggestions.ts'

describe('suggested values for a mailbox', () => {
  it('consist of the first letters as the key, and another one when that is taken', () => {
    expect(suggestKey('support@contoso.example', [])).toBe('SUP')
    expect(suggestKey('support@contoso.example', ['sup'])).toBe('SUP2')
    expect(suggestKey('support@contoso.example', ['SUP', 'SUP2'])).toBe('SUP3')
  })

  it('leave the key empty when the address has no letters', () => {
    expect(suggestKey('...@contoso.example', [])).toBe('')
  })

  it('contain only keys that the API accepts, for any address', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (local, taken) => {
        const key = suggestKey(`${local}@contoso.example`, taken)
        expect(key).toMatch(/^[A-Z0-9]{0,5}$/)
        if (key !== '') expect(taken.map((one) => one.toUpperCase())).not.toContain(key)
      }),
    )
  })

  it('use the words before the @ as the name', () => {
    expect(suggestName('customer.support@contoso.example')).toBe('Customer support')
  })

  it("take a mailbox for a user's only when the addresses are equal", () => {
    expect(likelyKind('Anna@contoso.example', 'anna@contoso.example')).toBe('user')
    expect(likelyKind('support@contoso.example', 'anna@contoso.example')).toBe('shared')
  })
})

describe('an id of Entra ID', () => {
  it('is recognized by its form, so that it is not taken for a secret', () => {
    expect(isEntraId(' 5F9C1C3E-6d1b-4a57-9b1e-2c0a8f3d7e11 ')).toBe(true)
    expect(isEntraId('Qx8~Q-a-secret-of-forty-characters-000000')).toBe(false)
  })
})
