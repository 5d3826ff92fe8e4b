import { defineFault } from '../fault.ts'

export const smtpSendAsDenied = defineFault({
  name: 'smtp-send-as-denied',
  title: 'SMTP: Send As is refused',
  part: 'smtp',
  what: 'The Send As permission is missing. Users can still send from their own mailboxes.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { at: { kind: 'choice', title: 'Refused at', choices: ['MAIL FROM', 'end of DATA'], usual: 'end of DATA' } },
  reveals: ['MAIL FROM or the end of DATA, in another user’s name'],
  evidence: '§E.6 550 5.7.60, 554 5.2.252 [O]',
  effects: { 'smtp.send-as': ({ at }) => ({ at: at === 'MAIL FROM' ? 'sender' : 'message' }) },
})
