import { defineFault } from '../fault.ts'

export const deviceCodeBlocked = defineFault({
  name: 'device-code-blocked',
  title: 'Device code blocked',
  part: 'entra-id',
  what: 'Conditional Access blocks the device code flow: the person reads so after signing in, and the device waits until its code ends.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['device page'],
  evidence: '§B.8 [?], §C.2 53003 [O]',
  effects: { 'entra.device': () => ({ code: 53003, onPage: true }) },
})
