import { defineFault } from '../fault.ts'

export const smtpSentCopyLate = defineFault({
  name: 'smtp-sent-copy-late',
  title: 'SMTP: the copy comes late',
  part: 'smtp',
  what: 'The copy in Sent Items appears a while after the message was sent.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { seconds: { kind: 'number', title: 'Seconds', least: 0, most: 86_400, usual: 60 } },
  reveals: ['the end of DATA'],
  evidence: '§E.5 [D]; the time [?]',
  effects: { 'smtp.copy': ({ seconds }) => ({ delayMs: seconds * 1000 }) },
})
