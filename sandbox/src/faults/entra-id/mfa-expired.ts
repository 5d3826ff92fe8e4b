import { defineFault } from '../fault.ts'

export const mfaExpired = defineFault({
  name: 'mfa-expired',
  title: 'Multi-factor authentication expired',
  part: 'entra-id',
  what: 'By policy the second factor counts for a while, and that is over: sign in again, with it.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token)'],
  evidence: '§C.2 50078',
  sparesNewer: true,
  effects: {
    'entra.policy': () => ({ code: 50078 }),
    'entra.second-factor': () => 'required',
    'entra.session': () => 'ended',
  },
})
