import { defineFault } from '../fault.ts'
import { COMMANDS, isMeant } from '../imap-commands.ts'

export const imapConnectionCut = defineFault({
  name: 'imap-connection-cut',
  title: 'IMAP cuts the connection',
  part: 'imap',
  what: 'The server closes the connection without a response.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { commands: COMMANDS },
  reveals: ['any command'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: {
    'imap.command': ({ commands }, { subject }) => (isMeant(commands, subject) ? { kind: 'cut' } : undefined),
  },
})
