import { defineFault } from '../fault.ts'

export const fullAccessWithdrawn = defineFault({
  name: 'full-access-withdrawn',
  title: 'Full Access revoked',
  part: 'graph',
  what: 'An admin removed the Full Access permission on the mailbox. The owner of the mailbox can still open it.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {},
  reveals: ['any call to another user’s mailbox', 'IMAP after AUTHENTICATE'],
  evidence: '§F.4 403 ErrorAccessDenied, §F.3; at IMAP §E.4',
  effects: {
    'imap.mailbox': (_values, { subject }) =>
      subject.userId === undefined || subject.userId === subject.mailboxId ? undefined : 'not-connected',
    'graph.mailbox': (_values, { subject }) =>
      subject.userId === undefined || subject.userId === subject.mailboxId
        ? undefined
        : {
            status: 403,
            code: 'ErrorAccessDenied',
            message: 'Access is denied. Check credentials and try again.',
          },
  },
})
