import { defineFault } from '../fault.ts'

export const smtpNoSentCopy = defineFault({
  name: 'smtp-no-sent-copy',
  title: 'SMTP: no copy in Sent Items',
  part: 'smtp',
  what: 'Exchange sends the message, but keeps no copy in Sent Items.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: '§E.5 says that Exchange keeps a copy; other servers keep none',
  effects: { 'smtp.copy': () => 'none' },
})
