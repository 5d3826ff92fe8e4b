import { defineFault } from '../fault.ts'
import { COMMANDS, isMeant } from '../imap-commands.ts'

export const imapUnavailable = defineFault({
  name: 'imap-unavailable',
  title: 'IMAP: server unavailable',
  part: 'imap',
  what: 'The server behind the proxy does not answer. The error is transient.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    status: { kind: 'choice', title: 'Response', choices: ['NO', 'BAD'], usual: 'NO' },
    then: { kind: 'choice', title: 'After the response', choices: ['goes on', 'says goodbye'], usual: 'goes on' },
    commands: COMMANDS,
  },
  reveals: ['any command'],
  evidence: '§E.4 Server Unavailable. 15 [O]; NO on LIST, SELECT and STATUS, with or without a BYE afterwards [O]',
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
