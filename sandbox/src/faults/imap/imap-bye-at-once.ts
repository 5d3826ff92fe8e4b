import { defineFault } from '../fault.ts'

export const imapByeAtOnce = defineFault({
  name: 'imap-bye-at-once',
  title: 'IMAP says goodbye instead of hello',
  part: 'imap',
  what: 'The front end is being taken down, or the address has connected too often.',
  scopes: [],
  options: {},
  reveals: ['the greeting'],
  evidence: '§E.4; as a greeting [?]',
  effects: {
    'imap.connection': () => ({ kind: 'bye', text: 'Connection closed. 14' }),
  },
})
