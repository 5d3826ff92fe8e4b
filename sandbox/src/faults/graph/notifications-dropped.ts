import { defineFault } from '../fault.ts'

export const notificationsDropped = defineFault({
  name: 'notifications-dropped',
  title: 'Notifications dropped',
  part: 'graph',
  what: 'Changes are not told, without a word; delta knows them.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['notification (not sent)'],
  evidence: '§F.7 “no basic-notification guarantee” [D]',
  effects: { 'graph.notification': () => ({ drop: true }) },
})
