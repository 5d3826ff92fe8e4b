import { defineFault } from '../fault.ts'

export const deltaStuck = defineFault({
  name: 'delta-stuck',
  title: 'Delta link stuck',
  part: 'graph',
  what: 'Delta links created before the fault was switched on return no changes, regardless of changes in the folder. Each response repeats the same link. A new round returns all messages.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['GET …/delta'],
  evidence:
    'invented for the sandbox, to reproduce mail that never arrives without any error; not confirmed for Graph [?]',
  sparesNewer: true,
  effects: { 'graph.delta-news': (_, { since }) => ({ since }) },
})
