import { defineFault } from '../fault.ts'

export const smtpRecipientRefused = defineFault({
  name: 'smtp-recipient-refused',
  title: 'SMTP: a recipient is refused',
  part: 'smtp',
  what: 'The server permanently refuses the address of one recipient. It accepts the others.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['RCPT TO'],
  evidence: 'RFC 5321 section 3.3; Exchange refuses few addresses immediately',
  effects: {
    'smtp.recipient': () => ({ kind: 'reply', reply: '550 5.1.1 Recipient address rejected: Access denied' }),
  },
})
