import { defineFault } from '../fault.ts'

export const imapTooManySessions = defineFault({
  name: 'imap-too-many-sessions',
  title: 'Too many IMAP sessions',
  part: 'imap',
  what: 'The mailbox has reached its session limit. Further sessions are authenticated but not connected.',
  scopes: ['tenant', 'mailbox'],
  options: {
    most: { kind: 'number', title: 'Sessions per mailbox', least: 0, most: 20, usual: 1 },
  },
  reveals: ['the first command after AUTHENTICATE'],
  evidence: '§E.4: 16 to 20 per mailbox are reported [?]',
  effects: {
    'imap.sessions': ({ most }) => ({ most }),
  },
})
