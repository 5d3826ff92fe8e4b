import { defineFault } from '../fault.ts'

export const smtpRecipientsLimit = defineFault({
  name: 'smtp-recipients-limit',
  title: 'SMTP: too many recipients',
  part: 'smtp',
  what: 'An admin lowered the maximum number of recipients per message.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['RCPT TO'],
  evidence: '§E.8 [D]; the reply is RFC 5321 section 4.5.3.1.10',
  effects: { 'smtp.recipient': () => ({ kind: 'reply', reply: '452 4.5.3 Too many recipients' }) },
})
