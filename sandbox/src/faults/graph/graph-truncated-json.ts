import { defineFault } from '../fault.ts'

export const graphTruncatedJson = defineFault({
  name: 'graph-truncated-json',
  title: 'Answer of Graph ends in the middle',
  part: 'graph',
  what: 'A proxy or a network cut the answer: its JSON ends in the middle. Reading only, so nothing was done.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['any GET to Graph'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: {
    'graph.request': (_values, { subject }) => (subject.call.startsWith('GET ') ? { kind: 'truncate' } : undefined),
  },
})
