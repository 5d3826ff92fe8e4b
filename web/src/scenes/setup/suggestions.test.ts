import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEntraId, likelyKind, suggestKey, suggestName } from './suggestions.ts'

describe('suggested values for a mailbox', () => {
  it('has a key of the first letters, and another when that is taken', () => {
    expect(suggestKey('support@contoso.example', [])).toBe('SUP')
    expect(suggestKey('support@contoso.example', ['sup'])).toBe('SUP2')
    expect(suggestKey('support@contoso.example', ['SUP', 'SUP2'])).toBe('SUP3')
  })

  it('leaves the key empty where the address has no letter to take', () => {
    expect(suggestKey('...@contoso.example', [])).toBe('')
  })

  it('suggests only keys that the API takes, whatever the address', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (local, taken) => {
        const key = suggestKey(`${local}@contoso.example`, taken)
        expect(key).toMatch(/^[A-Z0-9]{0,5}$/)
        if (key !== '') expect(taken.map((one) => one.toUpperCase())).not.toContain(key)
      }),
    )
  })

  it('has a name made of the words before the @', () => {
    expect(suggestName('customer.support@contoso.example')).toBe('Customer support')
  })

  it('takes a mailbox for that of a user only when they have its address', () => {
    expect(likelyKind('Anna@contoso.example', 'anna@contoso.example')).toBe('user')
    expect(likelyKind('support@contoso.example', 'anna@contoso.example')).toBe('shared')
  })
})

describe('an id of Entra ID', () => {
  it('is known by its form, so that it is not taken for a secret', () => {
    expect(isEntraId(' 5F9C1C3E-6d1b-4a57-9b1e-2c0a8f3d7e11 ')).toBe(true)
    expect(isEntraId('Qx8~Q-a-secret-of-forty-characters-000000')).toBe(false)
  })
})
