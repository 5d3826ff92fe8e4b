import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphConnectionCut = defineFault({
  name: 'graph-connection-cut',
  title: 'Connection to Graph cut',
  part: 'graph',
  what: 'The connection closes before the request is processed.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: {
    'graph.request': ({ calls }, { subject }) => (isMeant(calls, subject) ? { kind: 'cut' } : undefined),
  },
})
