import { defineFault } from '../fault.ts'

export const lifecycleReauthorizationRequired = defineFault({
  name: 'lifecycle-reauthorization-required',
  title: 'Subscription reauthorization required',
  part: 'graph',
  what: 'Graph asks the client to reauthorize its subscription. It sends one “reauthorizationRequired” lifecycle notification for each existing subscription when the fault is switched on.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['lifecycle notification reauthorizationRequired'],
  evidence: '§F.7 [D]',
  effects: { 'graph.lifecycle': () => 'reauthorizationRequired' },
})
