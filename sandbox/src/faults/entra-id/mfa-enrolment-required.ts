import { defineFault } from '../fault.ts'

export const mfaEnrolmentRequired = defineFault({
  name: 'mfa-enrolment-required',
  title: 'Registration for multi-factor authentication required',
  part: 'entra-id',
  what: 'The person must register a second factor before anything else. Signing in leads through the registration.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token)'],
  evidence: '§C.2 50079',
  sparesNewer: true,
  effects: {
    'entra.policy': () => ({ code: 50079 }),
    'entra.second-factor': () => 'required',
  },
})
