import { defineFault } from '../fault.ts'

export const mfaExpired = defineFault({
  name: 'mfa-expired',
  title: 'Multi-factor authentication expired',
  part: 'entra-id',
  what: 'A policy limits how long multi-factor authentication is valid, and that time has passed. The user signs in again with the second factor.',
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
