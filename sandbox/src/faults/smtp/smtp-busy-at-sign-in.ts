import { defineFault } from '../fault.ts'

export const smtpBusyAtSignIn = defineFault({
  name: 'smtp-busy-at-sign-in',
  title: 'SMTP: temporary sign-in failure',
  part: 'smtp',
  what: 'Exchange temporarily cannot check the sign-in.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['AUTH'],
  evidence: 'RFC 4954 section 6; message text [?]',
  effects: { 'smtp.sign-in': () => ({ kind: 'reply', reply: '454 4.7.0 Temporary authentication failure' }) },
})
