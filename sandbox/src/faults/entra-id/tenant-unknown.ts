import { defineFault } from '../fault.ts'

export const tenantUnknown = defineFault({
  name: 'tenant-unknown',
  title: 'Tenant unknown',
  part: 'entra-id',
  what: 'The tenant is not found: the id or the cloud is wrong, or the tenant was deleted. Only addresses that name the tenant show it.',
  scopes: ['tenant'],
  options: {},
  reveals: ['discovery', 'keys', 'token', 'authorize (page)'],
  evidence: '§C.2 90002 [O], §A.4 [O]',
  effects: { 'entra.tenant': () => ({ code: 90002 }) },
})
