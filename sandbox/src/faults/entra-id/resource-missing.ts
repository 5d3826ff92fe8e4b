import { defineFault } from '../fault.ts'

export const resourceMissing = defineFault({
  name: 'resource-missing',
  title: 'Resource not found',
  part: 'entra-id',
  what: 'The service principal of the resource does not exist in the tenant.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize'],
  evidence: '§C.2 500011 [O]',
  effects: { 'entra.resource': () => ({ code: 500011 }) },
})
