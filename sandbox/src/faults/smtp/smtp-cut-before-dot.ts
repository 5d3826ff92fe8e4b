import { defineFault } from '../fault.ts'

export const smtpCutBeforeDot = defineFault({
  name: 'smtp-cut-before-dot',
  title: 'SMTP cuts the connection in the message',
  part: 'smtp',
  what: 'The connection ends before the client has sent all of the message: it cannot have gone.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { afterBytes: { kind: 'number', title: 'After bytes', least: 0, most: 40_000_000, usual: 0 } },
  reveals: ['DATA'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: { 'smtp.upload': ({ afterBytes }) => ({ afterBytes }) },
})
