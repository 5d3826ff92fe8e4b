import { defineFault, POLICY_CLAIMS } from '../fault.ts'

export const conditionalAccessBlock = defineFault({
  name: 'conditional-access-block',
  title: 'Blocked by Conditional Access',
  part: 'entra-id',
  what: 'A Conditional Access policy blocks the application, the user or the location. Signing in again does not help. An admin reads the sign-in log and adjusts the policy.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 53003 [O], §B.6 claims [O]',
  effects: {
    'entra.policy': () => ({ code: 53003, claims: POLICY_CLAIMS, onPage: true }),
  },
})
