import { defineFault } from '../fault.ts'

export const singleTenantApplication = defineFault({
  name: 'single-tenant-application',
  title: 'Application changed to single-tenant',
  part: 'entra-id',
  what: 'The app registration was limited to accounts of its own tenant. Requests at /common and the other aliases fail. The address with the tenant’s ID works.',
  scopes: ['application'],
  options: {},
  reveals: ['token and authorize (page), at aliases only'],
  evidence: '§C.2 50194 [?], §A.5 [D]',
  effects: {
    'entra.client': (_values, { subject }) => (subject.authority === 'tenant' ? undefined : { code: 50194 }),
  },
})
