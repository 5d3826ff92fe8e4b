import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphHangs = defineFault({
  name: 'graph-hangs',
  title: 'Graph does not answer',
  part: 'graph',
  what: 'The connection stands and nothing comes, until the client gives up or the fault is switched off.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: {
    'graph.request': ({ calls }, { subject }) => (isMeant(calls, subject) ? { kind: 'hang' } : undefined),
  },
})
