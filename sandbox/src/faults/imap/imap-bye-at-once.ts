import { defineFault } from '../fault.ts'

export const imapByeAtOnce = defineFault({
  name: 'imap-bye-at-once',
  title: 'IMAP sends BYE instead of a greeting',
  part: 'imap',
  what: 'The front end is shutting down, or the client address has connected too often.',
  scopes: [],
  options: {},
  reveals: ['the greeting'],
  evidence: '§E.4; as a greeting [?]',
  effects: {
    'imap.connection': () => ({ kind: 'bye', text: 'Connection closed. 14' }),
  },
})
