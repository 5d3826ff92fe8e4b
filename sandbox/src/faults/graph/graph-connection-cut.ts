import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphConnectionCut = defineFault({
  name: 'graph-connection-cut',
  title: 'Connection to Graph cut',
  part: 'graph',
  what: 'The connection breaks before anything was done.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: {
    'graph.request': ({ calls }, { subject }) => (isMeant(calls, subject) ? { kind: 'cut' } : undefined),
  },
})
