import { defineFault } from '../fault.ts'

export const smtpCutAfterDot = defineFault({
  name: 'smtp-cut-after-dot',
  title: 'SMTP cuts the connection after the message',
  part: 'smtp',
  what: 'The server receives the complete message, but the connection ends before the server accepts it. The client cannot know whether the server accepted it.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: 'a network fault; RFC 5321 section 4.5.3.2.6',
  effects: { 'smtp.message': () => ({ kind: 'cut' }) },
})
