import { defineFault } from '../fault.ts'

export const signInFrequency = defineFault({
  name: 'sign-in-frequency',
  title: 'Sign-in frequency',
  part: 'entra-id',
  what: 'Conditional Access lets a sign-in count for so long only: sign in again, on that schedule.',
  scopes: ['tenant', 'user', 'application'],
  options: {
    seconds: { kind: 'number', title: 'Allowed seconds', least: 3600, most: 31_536_000, usual: 86_400 },
  },
  reveals: ['token (refresh_token)'],
  evidence: '§C.2 70043 [O], §B.4',
  sparesNewer: true,
  effects: {
    'entra.session': () => 'ended',
    'entra.refresh-token': ({ seconds }) => ({ code: 70043, values: { seconds: String(seconds) } }),
  },
})
