import { defineFault } from '../fault.ts'

export const deltaExpired = defineFault({
  name: 'delta-expired',
  title: 'Delta link expired',
  part: 'graph',
  what: 'Exchange forgot where the client was: 410, and the folder is read again from the start. Links made afterwards are good.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    code: { kind: 'choice', title: 'Code', choices: ['resyncRequired', 'syncStateNotFound'], usual: 'resyncRequired' },
  },
  reveals: ['GET …/delta'],
  evidence: '§F.2 410 [D]',
  sparesNewer: true,
  effects: { 'graph.delta': ({ code }) => ({ code }) },
})
