import { defineFault } from '../fault.ts'

export const smtpGreylisted = defineFault({
  name: 'smtp-greylisted',
  title: 'SMTP: recipients are greylisted',
  part: 'smtp',
  what: 'The server refuses recipients for a while, as many servers do for unknown senders.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['RCPT TO'],
  evidence: 'RFC 6647; not Microsoft’s behavior',
  effects: {
    'smtp.recipient': (_values, { subject }) => ({
      kind: 'reply',
      reply: `450 4.2.0 <${subject.named ?? ''}>: Recipient address rejected: Greylisted`,
    }),
  },
})
