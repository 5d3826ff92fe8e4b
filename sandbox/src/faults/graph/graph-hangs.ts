import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphHangs = defineFault({
  name: 'graph-hangs',
  title: 'Graph does not respond',
  part: 'graph',
  what: 'The connection stays open without a response, until the client gives up or the fault is switched off.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: {
    'graph.request': ({ calls }, { subject }) => (isMeant(calls, subject) ? { kind: 'hang' } : undefined),
  },
})
