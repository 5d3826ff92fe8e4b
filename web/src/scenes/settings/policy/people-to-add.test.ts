import { expect, it } from 'vitest'
import { peopleToAdd } from './people-to-add.ts'

const PEOPLE = (['admin', 'agent', 'auditor'] as const).map((role) => ({
  ...{ id: role, name: role, email: `${role}@contoso.example`, role, signsInByProvider: false },
}))

it.each([
  ['everyone', ['admin', 'agent', 'auditor']],
  ['admins', ['admin']],
  ['no-one', []],
] as const)('a second factor of %s concerns %j', (choice, roles) => {
  expect(peopleToAdd(PEOPLE, choice).map(({ role }) => role)).toEqual(roles)
})
