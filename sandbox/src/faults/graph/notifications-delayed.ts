import { defineFault } from '../fault.ts'

export const notificationsDelayed = defineFault({
  name: 'notifications-delayed',
  title: 'Notifications delayed',
  part: 'graph',
  what: 'Graph sends change notifications late, as to an endpoint that it considers slow.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    seconds: { kind: 'number', title: 'Delay in seconds', least: 1, most: 14_400, usual: 600 },
  },
  reveals: ['notification (delayed)'],
  evidence: '§F.7 “slow” [D]',
  effects: { 'graph.notification': ({ seconds }) => ({ delayMs: seconds * 1000 }) },
})
