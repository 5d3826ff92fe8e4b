import { defineFault } from '../fault.ts'

export const lifecycleSubscriptionRemoved = defineFault({
  name: 'lifecycle-subscription-removed',
  title: 'Subscription removed',
  part: 'graph',
  what: 'Graph ends the subscription and says so. Said once for each subscription there is, when it is switched on.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['lifecycle notification subscriptionRemoved'],
  evidence: '§F.7 [D]',
  effects: { 'graph.lifecycle': () => 'subscriptionRemoved' },
})
