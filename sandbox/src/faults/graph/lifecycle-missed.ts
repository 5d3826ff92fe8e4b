import { defineFault } from '../fault.ts'

export const lifecycleMissed = defineFault({
  name: 'lifecycle-missed',
  title: 'Notifications were missed',
  part: 'graph',
  what: 'Graph says that it could not deliver some notifications. Said once for each subscription there is, when it is switched on.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['lifecycle notification missed'],
  evidence: '§F.7 [D]',
  effects: { 'graph.lifecycle': () => 'missed' },
})
