import { defineFault } from '../fault.ts'

export const smtpHangs = defineFault({
  name: 'smtp-hangs',
  title: 'SMTP does not answer',
  part: 'smtp',
  what: 'The server receives the complete message, but sends no reply until the client gives up or the fault is switched off.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: { 'smtp.message': () => ({ kind: 'hang' }) },
})
