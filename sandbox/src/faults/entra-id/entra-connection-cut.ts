import { defineFault } from '../fault.ts'

export const entraConnectionCut = defineFault({
  name: 'entra-connection-cut',
  title: 'Connection to Entra ID cut',
  part: 'entra-id',
  what: 'The connection to the login host closes before the request is processed. The network between the client and Microsoft fails.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize'],
  evidence: '§C.1; a network fault, not a Microsoft fault',
  effects: { 'entra.request': () => ({ kind: 'cut' }) },
})
