import { defineFault } from '../fault.ts'

export const imapAuthenticateFailed = defineFault({
  name: 'imap-authenticate-failed',
  title: 'IMAP refuses valid tokens',
  part: 'imap',
  what: 'Exchange refuses the token and gives no reason. Possible causes: Conditional Access, a blocked protocol, another policy.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['AUTHENTICATE'],
  evidence: '§E.3 AUTHENTICATE failed.',
  effects: {
    'imap.sign-in': () => ({ kind: 'refuse', status: 'NO', text: 'AUTHENTICATE failed.' }),
  },
})
