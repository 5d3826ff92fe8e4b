import { defineFault } from '../fault.ts'

export const mailboxFull = defineFault({
  name: 'mailbox-full',
  title: 'Mailbox full',
  part: 'graph',
  what: 'The mailbox has no room: nothing can be written into it, drafts and copies of sent mail included.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['POST and PATCH in the mailbox, send'],
  evidence: '§F.4 507 ErrorQuotaExceeded; the sentence [?]',
  effects: {
    'graph.write': () => ({
      status: 507,
      code: 'ErrorQuotaExceeded',
      message: 'The mailbox has exceeded its quota.',
    }),
  },
})
