import { defineFault } from '../fault.ts'

export const deltaStuck = defineFault({
  name: 'delta-stuck',
  title: 'Delta link stuck',
  part: 'graph',
  what: 'Links made before answer that nothing is new, whatever happens in the folder; the same link comes back. A round begun anew tells everything.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['GET …/delta'],
  evidence: 'ours, for the pain of mail that never arrives though nobody meets an error; not confirmed of Graph [?]',
  sparesNewer: true,
  effects: { 'graph.delta-news': (_, { since }) => ({ since }) },
})
