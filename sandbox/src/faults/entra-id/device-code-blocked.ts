import { defineFault } from '../fault.ts'

export const deviceCodeBlocked = defineFault({
  name: 'device-code-blocked',
  title: 'Device code flow blocked',
  part: 'entra-id',
  what: 'Conditional Access blocks the device code flow. The user sees the error after signing in. The device waits until its code expires.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['device page'],
  evidence: '§B.8 [?], §C.2 53003 [O]',
  effects: { 'entra.device': () => ({ code: 53003, onPage: true }) },
})
