import { defineFault } from '../fault.ts'

export const sendAsWithdrawn = defineFault({
  name: 'send-as-withdrawn',
  title: 'Send As revoked',
  part: 'graph',
  what: 'An admin removed the Send As permission. Users can still send from their own mailboxes.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {},
  reveals: ['send, in another user’s name', 'SMTP, in another user’s name'],
  evidence: '§F.4 403 ErrorSendAsDenied, §F.3; at SMTP §E.6',
  effects: { 'graph.send-as': () => 'denied', 'smtp.send-as': () => ({ at: 'message' }) },
})
