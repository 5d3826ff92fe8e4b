import { defineFault } from '../fault.ts'

export const deltaExpired = defineFault({
  name: 'delta-expired',
  title: 'Delta link expired',
  part: 'graph',
  what: 'Exchange discarded the sync state. Graph responds with 410, and the client reads the folder again from the start. Delta links created after the fault was switched on are valid.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    code: {
      kind: 'choice',
      title: 'Error code',
      choices: ['resyncRequired', 'syncStateNotFound'],
      usual: 'resyncRequired',
    },
  },
  reveals: ['GET …/delta'],
  evidence: '§F.2 410 [D]',
  sparesNewer: true,
  effects: { 'graph.delta': ({ code }) => ({ code }) },
})
