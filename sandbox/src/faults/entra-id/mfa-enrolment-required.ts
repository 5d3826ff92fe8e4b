import { defineFault } from '../fault.ts'

export const mfaEnrolmentRequired = defineFault({
  name: 'mfa-enrolment-required',
  title: 'Multi-factor authentication registration required',
  part: 'entra-id',
  what: 'The user must register a second factor before any other step. The sign-in includes the registration.',
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
