import { defineFault } from '../fault.ts'

export const imapBusyAtSignIn = defineFault({
  name: 'imap-busy-at-sign-in',
  title: 'IMAP: server unavailable at sign-in',
  part: 'imap',
  what: 'The token is good, and nobody is there to look at it. A client that takes it for a refusal asks people to sign in for nothing.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['AUTHENTICATE'],
  evidence: '§E.4 Server Unavailable. 15; at AUTHENTICATE [O]',
  effects: {
    'imap.sign-in': () => ({ kind: 'refuse', status: 'NO', text: 'Server Unavailable. 15' }),
  },
})
