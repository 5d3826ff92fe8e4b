import { defineFault } from '../fault.ts'
import { COMMANDS, isMeant } from '../imap-commands.ts'

export const imapUnavailable = defineFault({
  name: 'imap-unavailable',
  title: 'IMAP: server unavailable',
  part: 'imap',
  what: 'The machine behind the proxy does not answer. It passes.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    status: { kind: 'choice', title: 'Answer', choices: ['NO', 'BAD'], usual: 'NO' },
    then: { kind: 'choice', title: 'And then', choices: ['goes on', 'says goodbye'], usual: 'goes on' },
    commands: COMMANDS,
  },
  reveals: ['any command'],
  evidence: '§E.4 Server Unavailable. 15 [O]; NO on LIST, SELECT and STATUS, followed by a BYE or not [O]',
  effects: {
    'imap.command': ({ status, then, commands }, { subject }) =>
      !isMeant(commands, subject)
        ? undefined
        : {
            kind: 'refuse',
            status: status === 'NO' ? 'NO' : 'BAD',
            text: 'Server Unavailable. 15',
            ...(then === 'says goodbye' && { then: 'bye' }),
          },
  },
})
