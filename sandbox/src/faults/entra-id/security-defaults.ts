import { defineFault } from '../fault.ts'

export const securityDefaults = defineFault({
  name: 'security-defaults',
  title: 'Security defaults enabled',
  part: 'entra-id',
  what: 'The tenant enabled Microsoft’s security defaults. Every user registers for multi-factor authentication and signs in with it.',
  scopes: ['tenant'],
  options: {},
  reveals: ['token (refresh_token)'],
  evidence: '§H.1, §C.2 50079 and 50076; assignment of the codes to users [?]',
  sparesNewer: true,
  effects: {
    'entra.policy': (_values, { subject }) => ({ code: subject.hasSecondFactor === true ? 50076 : 50079 }),
    'entra.second-factor': () => 'required',
  },
})
