import { defineFault } from '../fault.ts'
import { COMMANDS, isMeant } from '../imap-commands.ts'

export const imapConnectionCut = defineFault({
  name: 'imap-connection-cut',
  title: 'IMAP cuts the connection',
  part: 'imap',
  what: 'The connection ends without a word.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { commands: COMMANDS },
  reveals: ['any command'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: {
    'imap.command': ({ commands }, { subject }) => (isMeant(commands, subject) ? { kind: 'cut' } : undefined),
  },
})
