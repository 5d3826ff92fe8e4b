import { defineFault } from '../fault.ts'

export const lifecycleMissed = defineFault({
  name: 'lifecycle-missed',
  title: 'Notifications missed',
  part: 'graph',
  what: 'Graph could not deliver some notifications. It sends one “missed” lifecycle notification for each existing subscription when the fault is switched on.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['lifecycle notification missed'],
  evidence: '§F.7 [D]',
  effects: { 'graph.lifecycle': () => 'missed' },
})
