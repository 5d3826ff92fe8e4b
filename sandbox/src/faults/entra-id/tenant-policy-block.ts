import { defineFault } from '../fault.ts'

export const tenantPolicyBlock = defineFault({
  name: 'tenant-policy-block',
  title: 'Blocked by a security policy of the tenant',
  part: 'entra-id',
  what: 'A security policy of the tenant blocks the request. An admin reviews the policy.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 530032',
  effects: { 'entra.policy': () => ({ code: 530032, onPage: true }) },
})
