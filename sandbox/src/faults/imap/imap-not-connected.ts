import { defineFault } from '../fault.ts'

export const imapNotConnected = defineFault({
  name: 'imap-not-connected',
  title: 'Authenticated but not connected',
  part: 'imap',
  what: 'A valid token gives no access to the mailbox. The service principal is unknown to Exchange or has no permission on the mailbox.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    who: {
      kind: 'choice',
      title: 'Affected sign-ins',
      choices: ['everybody', 'applications', 'people'],
      usual: 'everybody',
    },
  },
  reveals: ['the first command after AUTHENTICATE'],
  evidence: '§E.4, §D.5 [O]',
  effects: {
    'imap.mailbox': ({ who }, { subject }) =>
      who === 'everybody' || (who === 'applications') === (subject.userId === undefined) ? 'not-connected' : undefined,
  },
})
