import { defineFault } from '../fault.ts'

export const subscriptionLost = defineFault({
  name: 'subscription-lost',
  title: 'Subscription lost',
  part: 'graph',
  what: 'Graph lost the subscription and did not notify the client.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['GET, PATCH and DELETE of a subscription'],
  evidence: '§F.7, §F.4 404 ResourceNotFound',
  sparesNewer: true,
  effects: {
    'graph.subscription': () => 'lost',
    'graph.notification': () => ({ drop: true }),
  },
})
