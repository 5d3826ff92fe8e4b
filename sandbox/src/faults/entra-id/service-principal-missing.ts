import { defineFault } from '../fault.ts'

export const servicePrincipalMissing = defineFault({
  name: 'service-principal-missing',
  title: 'Enterprise application missing',
  part: 'entra-id',
  what: 'The application has no service principal in the tenant, because the enterprise application was deleted.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 7000229 [O]',
  effects: {
    'entra.application': (_values, { subject }) => (subject.grantType === undefined ? undefined : { code: 7000229 }),
  },
})
