import { defineFault } from '../fault.ts'

export const mailboxFull = defineFault({
  name: 'mailbox-full',
  title: 'Mailbox full',
  part: 'graph',
  what: 'The mailbox is full. All writes fail, including drafts and copies of sent mail.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['POST and PATCH in the mailbox, send', 'IMAP APPEND and COPY'],
  evidence: '§F.4 507 ErrorQuotaExceeded; message text and IMAP behavior [?]',
  effects: {
    'imap.command': (_values, { subject }) =>
      /^(UID COPY|COPY|APPEND)$/.test(subject.command ?? '')
        ? { kind: 'refuse', status: 'NO', text: '[OVERQUOTA] The mailbox is full.' }
        : undefined,
    'graph.write': () => ({
      status: 507,
      code: 'ErrorQuotaExceeded',
      message: 'The mailbox has exceeded its quota.',
    }),
  },
})
