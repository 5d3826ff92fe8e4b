import { defineFault } from '../fault.ts'

export const tenantUnknown = defineFault({
  name: 'tenant-unknown',
  title: 'Tenant not found',
  part: 'entra-id',
  what: 'The tenant does not exist: the ID or the cloud is wrong, or the tenant was deleted. Only addresses that name the tenant show this error.',
  scopes: ['tenant'],
  options: {},
  reveals: ['discovery', 'keys', 'token', 'authorize (page)'],
  evidence: '§C.2 90002 [O], §A.4 [O]',
  effects: { 'entra.tenant': () => ({ code: 90002 }) },
})
