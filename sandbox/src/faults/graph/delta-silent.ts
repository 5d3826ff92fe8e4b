import { defineFault } from '../fault.ts'

export const deltaSilent = defineFault({
  name: 'delta-silent',
  title: 'Delta keeps silent',
  part: 'graph',
  what: 'What was received since then is told by no delta, not even by a round begun anew; lists show it. When it is over, all of it is told.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['GET …/delta'],
  evidence: 'ours, for the pain of mail that never arrives though nobody meets an error; not confirmed of Graph [?]',
  effects: { 'graph.delta-news': (_, { since }) => ({ since }) },
})
