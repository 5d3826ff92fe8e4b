import { defineFault } from '../fault.ts'

export const securityDefaults = defineFault({
  name: 'security-defaults',
  title: 'Security defaults',
  part: 'entra-id',
  what: 'The tenant turned Microsoft’s security defaults on: everybody registers for multi-factor authentication and signs in with it.',
  scopes: ['tenant'],
  options: {},
  reveals: ['token (refresh_token)'],
  evidence: '§H.1, §C.2 50079 and 50076; which of them is answered to whom [?]',
  sparesNewer: true,
  effects: {
    'entra.policy': (_values, { subject }) => ({ code: subject.hasSecondFactor === true ? 50076 : 50079 }),
    'entra.second-factor': () => 'required',
  },
})
