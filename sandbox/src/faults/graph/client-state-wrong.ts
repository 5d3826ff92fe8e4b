import { defineFault } from '../fault.ts'

export const clientStateWrong = defineFault({
  name: 'client-state-wrong',
  title: 'Notifications with a wrong clientState',
  part: 'graph',
  what: 'Notifications arrive from a sender other than Graph. The sender does not know the clientState that the client set for its subscription.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['notification'],
  evidence: '§F.7 clientState [D]',
  effects: { 'graph.notification': () => ({ clientState: 'not-what-the-client-said' }) },
})
