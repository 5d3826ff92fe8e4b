import { defineFault, POLICY_CLAIMS } from '../fault.ts'

export const conditionalAccessBlock = defineFault({
  name: 'conditional-access-block',
  title: 'Conditional Access blocks',
  part: 'entra-id',
  what: 'A Conditional Access policy blocks the application, the person, or the place they come from. Signing in again does not help; an admin reads the sign-in log and adjusts the policy.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 53003 [O], §B.6 claims [O]',
  effects: {
    'entra.policy': () => ({ code: 53003, claims: POLICY_CLAIMS, onPage: true }),
  },
})
