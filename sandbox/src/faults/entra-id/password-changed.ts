import { defineFault } from '../fault.ts'

export const passwordChanged = defineFault({
  name: 'password-changed',
  title: 'Password changed',
  part: 'entra-id',
  what: 'The user or an admin changed the password. Sessions and refresh tokens issued earlier are revoked. Signing in again fixes this. The sandbox does not change the password itself.',
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
