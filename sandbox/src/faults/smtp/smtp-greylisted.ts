import { defineFault } from '../fault.ts'

export const smtpGreylisted = defineFault({
  name: 'smtp-greylisted',
  title: 'SMTP: recipients later, please',
  part: 'smtp',
  what: 'Recipients are refused for a while, as many servers do to whom they do not know.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['RCPT TO'],
  evidence: 'RFC 6647; not Microsoft’s way',
  effects: {
    'smtp.recipient': (_values, { subject }) => ({
      kind: 'reply',
      reply: `450 4.2.0 <${subject.named ?? ''}>: Recipient address rejected: Greylisted`,
    }),
  },
})
