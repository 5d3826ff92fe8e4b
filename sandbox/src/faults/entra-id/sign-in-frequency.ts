import { defineFault } from '../fault.ts'

export const signInFrequency = defineFault({
  name: 'sign-in-frequency',
  title: 'Sign-in frequency exceeded',
  part: 'entra-id',
  what: 'Conditional Access limits how long a sign-in is valid. The user signs in again at each interval.',
  scopes: ['tenant', 'user', 'application'],
  options: {
    seconds: {
      kind: 'number',
      title: 'Maximum age of a sign-in in seconds',
      least: 3600,
      most: 31_536_000,
      usual: 86_400,
    },
  },
  reveals: ['token (refresh_token)'],
  evidence: '§C.2 70043 [O], §B.4',
  sparesNewer: true,
  effects: {
    'entra.session': () => 'ended',
    'entra.refresh-token': ({ seconds }) => ({ code: 70043, values: { seconds: String(seconds) } }),
  },
})
