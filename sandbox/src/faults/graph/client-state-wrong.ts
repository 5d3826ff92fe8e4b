import { defineFault } from '../fault.ts'

export const clientStateWrong = defineFault({
  name: 'client-state-wrong',
  title: 'Notifications with a wrong clientState',
  part: 'graph',
  what: 'Somebody else writes to the endpoint, and does not know what the client told Graph alone.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['notification'],
  evidence: '§F.7 clientState [D]',
  effects: { 'graph.notification': () => ({ clientState: 'not-what-the-client-said' }) },
})
