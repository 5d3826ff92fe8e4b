import { defineFault } from '../fault.ts'

export const tenantPolicyBlock = defineFault({
  name: 'tenant-policy-block',
  title: 'Security policy of the tenant blocks',
  part: 'entra-id',
  what: 'A security policy of the tenant blocks the request; an admin reviews it.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 530032',
  effects: { 'entra.policy': () => ({ code: 530032, onPage: true }) },
})
