import { defineFault } from '../fault.ts'

export const resourceNotEnabled = defineFault({
  name: 'resource-not-enabled',
  title: 'Service not subscribed',
  part: 'entra-id',
  what: 'The organization has no subscription to the service of the requested scope, for example Exchange Online.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize'],
  evidence: '§C.2 650052 [O]',
  effects: { 'entra.resource': () => ({ code: 650052 }) },
})
