import { expect, it } from 'vitest'
import { displayName, fullName, listName } from './display-names.ts'

it('a sender without a name is shown by the address', () => {
  expect(displayName({ name: ' ', address: 'kim@customer.example' })).toBe('kim@customer.example')
  expect(fullName({ name: 'Kim', address: 'kim@customer.example' })).toBe('Kim <kim@customer.example>')
})

it('a misleading sender is shown by the address, with its domain in ASCII', () => {
  const forged = { name: 'ceo@contoso.example', address: 'ceo@pаypal.example', isMisleading: true }
  expect(listName(forged)).toBe('ceo@xn--pypal-4ve.example')
  expect(fullName(forged)).toBe('ceo@contoso.example <ceo@xn--pypal-4ve.example>')
})
