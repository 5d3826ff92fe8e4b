import { defineFault } from '../fault.ts'

export const userDeleted = defineFault({
  name: 'user-deleted',
  title: 'Account deleted',
  part: 'entra-id',
  what: 'The account was deleted.',
  scopes: ['tenant', 'user'],
  options: {},
  reveals: ['token', 'sign-in page'],
  evidence: '§C.2 50034 [O]',
  effects: { 'entra.account': () => ({ code: 50034 }) },
})
