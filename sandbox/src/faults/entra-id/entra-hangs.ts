import { defineFault } from '../fault.ts'

export const entraHangs = defineFault({
  name: 'entra-hangs',
  title: 'Entra ID does not respond',
  part: 'entra-id',
  what: 'The connection stays open without a response, until the client gives up or the fault is switched off.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize', 'discovery'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: { 'entra.request': () => ({ kind: 'hang' }) },
})
