import { defineFault, POLICY_CLAIMS } from '../fault.ts'

export const mfaRequired = defineFault({
  name: 'mfa-required',
  title: 'Multi-factor authentication required',
  part: 'entra-id',
  what: 'A Conditional Access policy now requires multi-factor authentication. Entra ID rejects refresh tokens of sign-ins without it. A sign-in with a second factor fixes this. Users without a second factor register one during the sign-in.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token)'],
  evidence: '§C.2 50076 [O], §B.6 claims [O]',
  sparesNewer: true,
  effects: {
    'entra.policy': () => ({ code: 50076, claims: POLICY_CLAIMS }),
    'entra.second-factor': () => 'required',
  },
})
