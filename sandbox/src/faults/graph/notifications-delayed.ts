import { defineFault } from '../fault.ts'

export const notificationsDelayed = defineFault({
  name: 'notifications-delayed',
  title: 'Notifications late',
  part: 'graph',
  what: 'Changes are told late, as to an endpoint that Graph takes for slow.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    seconds: { kind: 'number', title: 'Seconds', least: 1, most: 14_400, usual: 600 },
  },
  reveals: ['notification (later)'],
  evidence: '§F.7 “slow” [D]',
  effects: { 'graph.notification': ({ seconds }) => ({ delayMs: seconds * 1000 }) },
})
