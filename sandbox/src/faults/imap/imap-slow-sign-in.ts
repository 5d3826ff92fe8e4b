import { defineFault } from '../fault.ts'

export const imapSlowSignIn = defineFault({
  name: 'imap-slow-sign-in',
  title: 'IMAP sign-in is slow',
  part: 'imap',
  what: 'The hop through the proxy takes several seconds.',
  scopes: [],
  options: {
    seconds: { kind: 'number', title: 'Seconds', least: 1, most: 600, usual: 6 },
  },
  reveals: ['AUTHENTICATE'],
  evidence: '§E.3: several seconds per login [D]',
  effects: {
    'imap.sign-in-delay': ({ seconds }) => ({ ms: seconds * 1000 }),
  },
})
