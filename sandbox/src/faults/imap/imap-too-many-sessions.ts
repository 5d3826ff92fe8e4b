import { defineFault } from '../fault.ts'

export const imapTooManySessions = defineFault({
  name: 'imap-too-many-sessions',
  title: 'Too many IMAP sessions',
  part: 'imap',
  what: 'The mailbox has as many sessions as it may: further ones are authenticated and not connected.',
  scopes: ['tenant', 'mailbox'],
  options: {
    most: { kind: 'number', title: 'Sessions of one mailbox', least: 0, most: 20, usual: 1 },
  },
  reveals: ['the first command after AUTHENTICATE'],
  evidence: '§E.4: 16 to 20 per mailbox are reported [?]',
  effects: {
    'imap.sessions': ({ most }) => ({ most }),
  },
})
