import { defineFault } from '../fault.ts'
import { retryAfter, retryAfterOption } from '../retry-after.ts'

export const mailboxConcurrency = defineFault({
  name: 'mailbox-concurrency',
  title: 'Too many concurrent requests to a mailbox',
  part: 'graph',
  what: 'The application has more concurrent requests to the mailbox than Outlook allows.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    retryAfterSeconds: retryAfterOption({ usual: 1 }),
  },
  reveals: ['any call to a mailbox'],
  evidence: '§F.4 429, §F.5 [D]',
  effects: {
    'graph.request': ({ retryAfterSeconds }, { subject }) =>
      subject.mailboxId === undefined
        ? undefined
        : {
            status: 429,
            code: 'ApplicationThrottled',
            message: 'Application is over its MailboxConcurrency limit.',
            ...retryAfter(retryAfterSeconds),
          },
  },
})
