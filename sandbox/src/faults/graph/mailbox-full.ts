import { defineFault } from '../fault.ts'

export const mailboxFull = defineFault({
  name: 'mailbox-full',
  title: 'Mailbox full',
  part: 'graph',
  what: 'The mailbox has no room: nothing can be written into it, drafts and copies of sent mail included.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['POST and PATCH in the mailbox, send', 'APPEND and COPY of IMAP'],
  evidence: '§F.4 507 ErrorQuotaExceeded; the sentence, and all of it at IMAP [?]',
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
