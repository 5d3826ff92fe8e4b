import { defineFault } from '../fault.ts'

export const applicationDisabled = defineFault({
  name: 'application-disabled',
  title: 'Application disabled',
  part: 'entra-id',
  what: 'An admin disabled the enterprise application. No user can sign in to it.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token', 'authorize'],
  evidence: '§C.2 7000112',
  effects: { 'entra.application': () => ({ code: 7000112 }) },
})
