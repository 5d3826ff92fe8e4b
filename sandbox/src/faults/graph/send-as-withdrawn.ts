import { defineFault } from '../fault.ts'

export const sendAsWithdrawn = defineFault({
  name: 'send-as-withdrawn',
  title: 'Send As withdrawn',
  part: 'graph',
  what: 'An admin took the right to send in this name away. Whoever sends from the own mailbox still does.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {},
  reveals: ['send, in another’s name', 'SMTP, in another’s name'],
  evidence: '§F.4 403 ErrorSendAsDenied, §F.3; at SMTP §E.6',
  effects: { 'graph.send-as': () => 'denied', 'smtp.send-as': () => ({ at: 'message' }) },
})
