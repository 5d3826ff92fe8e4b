import { defineFault } from '../fault.ts'

export const mailboxGone = defineFault({
  name: 'mailbox-gone',
  title: 'Mailbox deleted',
  part: 'graph',
  what: 'The account of the mailbox was deleted. Graph does not find the mailbox.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['any call to the mailbox', 'IMAP after AUTHENTICATE', 'SMTP at the end of DATA'],
  evidence: '§F.4 404 ErrorInvalidUser; at IMAP §E.4, at SMTP §E.6',
  effects: {
    'imap.mailbox': () => 'not-connected',
    'smtp.message': () => ({ kind: 'reply', reply: '550 Mailbox cannot be accessed' }),
    'graph.mailbox': (_values, { subject }) => ({
      status: 404,
      code: 'ErrorInvalidUser',
      message: `The requested user '${subject.named ?? ''}' is invalid.`,
    }),
  },
})
