import { defineFault } from '../fault.ts'

export const smtpMessageSize = defineFault({
  name: 'smtp-message-size',
  title: 'SMTP: lower message size limit',
  part: 'smtp',
  what: 'An admin lowered the maximum message size of the mailbox.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: { bytes: { kind: 'number', title: 'Maximum size in bytes', least: 0, most: 157_286_400, usual: 1_048_576 } },
  reveals: ['the end of DATA'],
  evidence: '§E.8; the reply is RFC 1870 section 6.3',
  effects: {
    'smtp.message': ({ bytes }, { subject }) =>
      (subject.sizeBytes ?? 0) <= bytes
        ? undefined
        : { kind: 'reply', reply: '552 5.3.4 Message size exceeds fixed maximum message size' },
  },
})
