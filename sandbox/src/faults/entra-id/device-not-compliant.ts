import { defineFault, POLICY_CLAIMS } from '../fault.ts'

export const deviceNotCompliant = defineFault({
  name: 'device-not-compliant',
  title: 'Device not compliant',
  part: 'entra-id',
  what: 'Conditional Access requires a compliant device. A server is never compliant. An admin excludes the application from the policy.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 53000 [?]',
  effects: {
    'entra.policy': () => ({ code: 53000, values: { state: 'not compliant' }, claims: POLICY_CLAIMS, onPage: true }),
  },
})
