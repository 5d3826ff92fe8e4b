import { defineFault } from '../fault.ts'

export const notificationsDropped = defineFault({
  name: 'notifications-dropped',
  title: 'Notifications dropped',
  part: 'graph',
  what: 'Graph sends no change notifications and reports no error. Delta still returns the changes.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['notification (not sent)'],
  evidence: '§F.7 “no basic-notification guarantee” [D]',
  effects: { 'graph.notification': () => ({ drop: true }) },
})
