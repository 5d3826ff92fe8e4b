import { defineFault } from '../fault.ts'

export const smtpAnswerLost = defineFault({
  name: 'smtp-answer-lost',
  title: 'SMTP: message sent, reply lost',
  part: 'smtp',
  what: 'Exchange accepted the message, but the connection broke before the reply. Only the copy in Sent Items proves that the message was sent.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: 'a network fault; RFC 5321 section 4.5.3.2.6',
  effects: { 'smtp.taken': () => ({ kind: 'cut' }) },
})
