import { defineFault } from '../fault.ts'

export const smtpConnectionCut = defineFault({
  name: 'smtp-connection-cut',
  title: 'SMTP cuts the connection',
  part: 'smtp',
  what: 'The connection ends at the chosen step, before the message is sent.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { at: { kind: 'choice', title: 'Cut at', choices: ['the greeting', 'MAIL FROM'], usual: 'the greeting' } },
  reveals: ['the greeting or MAIL FROM'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: {
    'smtp.connection': ({ at }) => (at === 'the greeting' ? { kind: 'cut' } : undefined),
    'smtp.sender': ({ at }) => (at === 'MAIL FROM' ? { kind: 'cut' } : undefined),
  },
})
