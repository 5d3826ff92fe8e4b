import { defineFault } from '../fault.ts'

export const fullAccessWithdrawn = defineFault({
  name: 'full-access-withdrawn',
  title: 'Full Access withdrawn',
  part: 'graph',
  what: 'An admin took the right Full Access on the mailbox away. Whoever owns the mailbox still opens it.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {},
  reveals: ['any call to a mailbox of others'],
  evidence: '§F.4 403 ErrorAccessDenied, §F.3',
  effects: {
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
