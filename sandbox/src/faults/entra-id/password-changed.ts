import { defineFault } from '../fault.ts'

export const passwordChanged = defineFault({
  name: 'password-changed',
  title: 'Password changed',
  part: 'entra-id',
  what: 'The person, or an admin, changed the password: sessions and refresh tokens given before are revoked. Signing in again mends it; the password of the sandbox stays as it was.',
  scopes: ['tenant', 'user'],
  options: {},
  reveals: ['token (refresh_token)'],
  evidence: '§C.2 50173 [O], §B.5 [D]',
  sparesNewer: true,
  effects: {
    'entra.session': () => 'ended',
    'entra.person': (_values, { since, subject }) => ({
      code: 50173,
      values: { authTime: isoSeconds(subject.bornAt ?? since), validFrom: isoSeconds(since) },
    }),
  },
})

const isoSeconds = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
