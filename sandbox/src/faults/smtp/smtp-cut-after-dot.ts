import { defineFault } from '../fault.ts'

export const smtpCutAfterDot = defineFault({
  name: 'smtp-cut-after-dot',
  title: 'SMTP cuts the connection after the message',
  part: 'smtp',
  what: 'All of the message has come and the connection ends before it was taken. The client cannot know whether it was.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: 'a fault of networks; RFC 5321 section 4.5.3.2.6',
  effects: { 'smtp.message': () => ({ kind: 'cut' }) },
})
