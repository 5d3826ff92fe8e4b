import { defineFault } from '../fault.ts'

export const smtpBusyAtSignIn = defineFault({
  name: 'smtp-busy-at-sign-in',
  title: 'SMTP: sign in later',
  part: 'smtp',
  what: 'Exchange cannot check the sign-in for now.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['AUTH'],
  evidence: 'RFC 4954 section 6; the sentence [?]',
  effects: { 'smtp.sign-in': () => ({ kind: 'reply', reply: '454 4.7.0 Temporary authentication failure' }) },
})
