import { defineFault } from '../fault.ts'

export const smtpMailboxInaccessible = defineFault({
  name: 'smtp-mailbox-inaccessible',
  title: 'SMTP: the mailbox cannot be accessed',
  part: 'smtp',
  what: 'The mailbox no longer exists or has no license.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: '§E.6 550 Mailbox cannot be accessed [O]',
  effects: { 'smtp.message': () => ({ kind: 'reply', reply: '550 Mailbox cannot be accessed' }) },
})
