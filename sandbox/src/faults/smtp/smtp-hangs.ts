import { defineFault } from '../fault.ts'

export const smtpHangs = defineFault({
  name: 'smtp-hangs',
  title: 'SMTP does not answer',
  part: 'smtp',
  what: 'All of the message has come and no answer does, until the client gives up or the fault is switched off.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: { 'smtp.message': () => ({ kind: 'hang' }) },
})
