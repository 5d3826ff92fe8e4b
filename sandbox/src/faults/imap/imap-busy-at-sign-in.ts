import { defineFault } from '../fault.ts'

export const imapBusyAtSignIn = defineFault({
  name: 'imap-busy-at-sign-in',
  title: 'IMAP: server unavailable at sign-in',
  part: 'imap',
  what: 'The token is valid, but no server is available to check it. A client that treats this as a refusal asks users to sign in for no reason.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['AUTHENTICATE'],
  evidence: '§E.4 Server Unavailable. 15; at AUTHENTICATE [O]',
  effects: {
    'imap.sign-in': () => ({ kind: 'refuse', status: 'NO', text: 'Server Unavailable. 15' }),
  },
})
