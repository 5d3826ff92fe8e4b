import { defineFault } from '../fault.ts'

export const accountLocked = defineFault({
  name: 'account-locked',
  title: 'Account locked',
  part: 'entra-id',
  what: 'Smart lockout after too many wrong passwords, or after sign-ins from an address that Entra ID considers malicious.',
  scopes: ['tenant', 'user'],
  options: {},
  reveals: ['token', 'sign-in page'],
  evidence: '§C.2 50053',
  effects: { 'entra.person': () => ({ code: 50053 }) },
})
