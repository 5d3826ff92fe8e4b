import { defineFault } from '../fault.ts'

export const entraConnectionCut = defineFault({
  name: 'entra-connection-cut',
  title: 'Connection to Entra ID cut',
  part: 'entra-id',
  what: 'The connection to the login host breaks before anything was done: a network fault between us and Microsoft.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize'],
  evidence: '§C.1, a fault of networks and not of Microsoft’s',
  effects: { 'entra.request': () => ({ kind: 'cut' }) },
})
