import { defineFault } from '../fault.ts'

export const smtpNoSentCopy = defineFault({
  name: 'smtp-no-sent-copy',
  title: 'SMTP: no copy is kept',
  part: 'smtp',
  what: 'The message goes, and Exchange keeps no copy of it in Sent Items.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: '§E.5 says that it does; without it is what others do',
  effects: { 'smtp.copy': () => 'none' },
})
