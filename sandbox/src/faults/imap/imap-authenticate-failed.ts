import { defineFault } from '../fault.ts'

export const imapAuthenticateFailed = defineFault({
  name: 'imap-authenticate-failed',
  title: 'IMAP refuses good tokens',
  part: 'imap',
  what: 'Exchange does not let the token in and does not say why: Conditional Access, a blocked protocol, a policy.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['AUTHENTICATE'],
  evidence: '§E.3 AUTHENTICATE failed.',
  effects: {
    'imap.sign-in': () => ({ kind: 'refuse', status: 'NO', text: 'AUTHENTICATE failed.' }),
  },
})
