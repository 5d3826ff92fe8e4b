import { defineFault } from '../fault.ts'

export const userDisabled = defineFault({
  name: 'user-disabled',
  title: 'Account disabled',
  part: 'entra-id',
  what: 'An admin blocked sign-in for the account, for example after an employee left.',
  scopes: ['tenant', 'user'],
  options: {},
  reveals: ['token', 'sign-in page'],
  evidence: '§C.2 50057',
  effects: { 'entra.person': () => ({ code: 50057 }) },
})
