import { defineFault } from '../fault.ts'

export const accountLocked = defineFault({
  name: 'account-locked',
  title: 'Account locked',
  part: 'entra-id',
  what: 'Smart lockout: too many wrong passwords, or an address judged malicious.',
  scopes: ['tenant', 'user'],
  options: {},
  reveals: ['token', 'sign-in page'],
  evidence: '§C.2 50053',
  effects: { 'entra.person': () => ({ code: 50053 }) },
})
