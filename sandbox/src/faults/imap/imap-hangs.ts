import { defineFault } from '../fault.ts'
import { COMMANDS, isMeant } from '../imap-commands.ts'

export const imapHangs = defineFault({
  name: 'imap-hangs',
  title: 'IMAP does not answer',
  part: 'imap',
  what: 'The connection stays open, but no response arrives until the client gives up or the fault is switched off.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { commands: COMMANDS },
  reveals: ['any command'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: {
    'imap.command': ({ commands }, { subject }) => (isMeant(commands, subject) ? { kind: 'hang' } : undefined),
  },
})
