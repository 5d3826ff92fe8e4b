import { defineFault } from '../fault.ts'

export const singleTenantApplication = defineFault({
  name: 'single-tenant-application',
  title: 'Application became single-tenant',
  part: 'entra-id',
  what: 'The registration was changed to accounts of its own tenant: /common and the other aliases do not serve it any more, the tenant’s own address does.',
  scopes: ['application'],
  options: {},
  reveals: ['token and authorize (page), at aliases'],
  evidence: '§C.2 50194 [?], §A.5 [D]',
  effects: {
    'entra.client': (_values, { subject }) => (subject.authority === 'tenant' ? undefined : { code: 50194 }),
  },
})
