import { defineFault } from '../fault.ts'

export const graphTruncatedJson = defineFault({
  name: 'graph-truncated-json',
  title: 'Response of Graph truncated',
  part: 'graph',
  what: 'A proxy or the network cuts the response in the middle of its JSON. Only read requests are affected, so no data changes.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['any GET to Graph'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: {
    'graph.request': (_values, { subject }) => (subject.call.startsWith('GET ') ? { kind: 'truncate' } : undefined),
  },
})
