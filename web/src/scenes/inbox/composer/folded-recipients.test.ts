import { expect, it } from 'vitest'
import { foldedText } from './folded-recipients.tsx'

const people = (...names: string[]) => names.map((name) => ({ name, address: `${name.toLowerCase()}@x.example` }))

it('names the first recipients and counts the others, with Cc and Bcc marked', () => {
  expect(foldedText({ to: people('Kim'), cc: [], bcc: [] })).toBe('Kim')
  expect(foldedText({ to: people('Kim', 'Ben'), cc: people('Anna'), bcc: people('Lee') })).toBe(
    'Kim, Ben, Cc Anna, Bcc Lee',
  )
  expect(foldedText({ to: people('Kim', 'Ben'), cc: people('Anna', 'Noa'), bcc: people('Lee') })).toBe(
    'Kim, Ben, Cc Anna and 2 more',
  )
  expect(foldedText({ to: [{ name: '', address: 'kim@x.example' }], cc: [], bcc: [] })).toBe('kim@x.example')
})
