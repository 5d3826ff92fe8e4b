import { defineFault } from '../fault.ts'

export const imapMailboxOff = defineFault({
  name: 'imap-mailbox-off',
  title: 'IMAP is off for the mailbox',
  part: 'imap',
  what: 'An admin ran Set-CASMailbox -ImapEnabled $false. Sign-in succeeds, but all further commands fail.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['the first command after AUTHENTICATE'],
  evidence: '§E.4 User is authenticated but not connected. [O]',
  effects: {
    'imap.mailbox': () => 'not-connected',
  },
})
