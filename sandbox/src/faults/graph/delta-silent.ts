import { defineFault } from '../fault.ts'

export const deltaSilent = defineFault({
  name: 'delta-silent',
  title: 'Delta omits new messages',
  part: 'graph',
  what: 'Delta omits messages received after the fault was switched on, even in a new round. Message lists contain them. Delta returns all of them after the fault ends.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['GET …/delta'],
  evidence:
    'invented for the sandbox, to reproduce mail that never arrives without any error; not confirmed for Graph [?]',
  effects: { 'graph.delta-news': (_, { since }) => ({ since }) },
})
