import { defineFault } from '../fault.ts'

export const entraHangs = defineFault({
  name: 'entra-hangs',
  title: 'Entra ID does not answer',
  part: 'entra-id',
  what: 'The connection stands and nothing comes, until the client gives up or the fault is switched off.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize', 'discovery'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: { 'entra.request': () => ({ kind: 'hang' }) },
})
