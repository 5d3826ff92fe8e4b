import { defineFault } from '../fault.ts'

export const smtpCutBeforeDot = defineFault({
  name: 'smtp-cut-before-dot',
  title: 'SMTP cuts the connection during the message',
  part: 'smtp',
  what: 'The connection ends before the client has sent the complete message. The message cannot have been sent.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { afterBytes: { kind: 'number', title: 'Bytes before the cut', least: 0, most: 40_000_000, usual: 0 } },
  reveals: ['DATA'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: { 'smtp.upload': ({ afterBytes }) => ({ afterBytes }) },
})
