import { defineFault } from '../fault.ts'
import { COMMANDS, isMeant } from '../imap-commands.ts'

export const imapThrottled = defineFault({
  name: 'imap-throttled',
  title: 'IMAP throttles the mailbox',
  part: 'imap',
  what: 'The client sent too many requests in a short time. The response contains the time to wait.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    backoffMs: { kind: 'number', title: 'Suggested backoff in ms', least: 0, most: 3_600_000, usual: 92_415 },
    commands: COMMANDS,
  },
  reveals: ['any command'],
  evidence: '§E.4 Request is throttled [O]',
  effects: {
    'imap.command': ({ backoffMs, commands }, { subject }) =>
      !isMeant(commands, subject)
        ? undefined
        : {
            kind: 'refuse',
            status: 'BAD',
            text: `Request is throttled. Suggested Backoff Time: ${backoffMs} milliseconds`,
          },
  },
})
