import { expect, it } from 'vitest'
import { initials } from './initials.ts'

it('initials are those of the first and the last name, in any script', () => {
  expect(initials('Kim van der Lee')).toBe('KL')
  expect(initials('olga')).toBe('OL')
  expect(initials('анна иванова')).toBe('АИ')
  expect(initials('😀')).toBe('?')
})
