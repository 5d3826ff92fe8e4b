import { defineFault } from '../fault.ts'

export const smtpSenderBlocked = defineFault({
  name: 'smtp-sender-blocked',
  title: 'SMTP: the sender is blocked for spam',
  part: 'smtp',
  what: 'Microsoft detected spam from the mailbox and blocks it. An admin has to remove it from the list of restricted entities.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: '§E.6 550 5.1.8 [D]',
  effects: { 'smtp.message': () => ({ kind: 'reply', reply: '550 5.1.8 Access denied, bad outbound sender' }) },
})
