import { defineFault } from '../fault.ts'

export const lifecycleReauthorizationRequired = defineFault({
  name: 'lifecycle-reauthorization-required',
  title: 'Subscription wants to be authorized again',
  part: 'graph',
  what: 'Graph asks the client to renew the authorization of its subscription. Said once for each subscription there is, when it is switched on.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['lifecycle notification reauthorizationRequired'],
  evidence: '§F.7 [D]',
  effects: { 'graph.lifecycle': () => 'reauthorizationRequired' },
})
