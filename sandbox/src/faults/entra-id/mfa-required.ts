import { defineFault, POLICY_CLAIMS } from '../fault.ts'

export const mfaRequired = defineFault({
  name: 'mfa-required',
  title: 'Multi-factor authentication required',
  part: 'entra-id',
  what: 'A Conditional Access policy asks for multi-factor authentication from now on. Tokens of sign-ins without it are not renewed; a sign-in with it mends that. Who has no second factor yet registers one on the way.',
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
