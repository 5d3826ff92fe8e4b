import { defineFault } from '../fault.ts'

export const lifecycleSubscriptionRemoved = defineFault({
  name: 'lifecycle-subscription-removed',
  title: 'Subscription removed',
  part: 'graph',
  what: 'Graph removes the subscription and notifies the client. It sends one “subscriptionRemoved” lifecycle notification for each existing subscription when the fault is switched on.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['lifecycle notification subscriptionRemoved'],
  evidence: '§F.7 [D]',
  effects: { 'graph.lifecycle': () => 'subscriptionRemoved' },
})
