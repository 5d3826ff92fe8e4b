import { defineFault } from '../fault.ts'

export const smtpSentCopyLate = defineFault({
  name: 'smtp-sent-copy-late',
  title: 'SMTP: delayed copy in Sent Items',
  part: 'smtp',
  what: 'The copy in Sent Items appears some time after the message was sent.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { seconds: { kind: 'number', title: 'Seconds', least: 0, most: 86_400, usual: 60 } },
  reveals: ['the end of DATA'],
  evidence: '§E.5 [D]; delay [?]',
  effects: { 'smtp.copy': ({ seconds }) => ({ delayMs: seconds * 1000 }) },
})
