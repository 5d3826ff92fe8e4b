import { defineFault } from '../fault.ts'

export const smtpAnswerLost = defineFault({
  name: 'smtp-answer-lost',
  title: 'SMTP: sent, and the answer lost',
  part: 'smtp',
  what: 'Exchange took the message and the connection broke before the answer: only the copy tells that it was sent.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: 'a fault of networks; RFC 5321 section 4.5.3.2.6',
  effects: { 'smtp.taken': () => ({ kind: 'cut' }) },
})
