import { defineFault } from '../fault.ts'

export const notificationsDuplicated = defineFault({
  name: 'notifications-duplicated',
  title: 'Notifications duplicated',
  part: 'graph',
  what: 'Graph sends each change notification twice.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['notification'],
  evidence: '§F.7 [D]',
  effects: { 'graph.notification': () => ({ twice: true }) },
})
