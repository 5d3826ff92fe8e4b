import { defineFault } from '../fault.ts'

export const mailboxUnlicensed = defineFault({
  name: 'mailbox-unlicensed',
  title: 'Mailbox without a licence',
  part: 'graph',
  what: 'The licence was taken away, or the mailbox is on a server of the organization: Graph does not reach it.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['any call to the mailbox', 'IMAP after AUTHENTICATE'],
  evidence: '§F.4 404 MailboxNotEnabledForRESTAPI; at IMAP §E.4',
  effects: {
    'imap.mailbox': () => 'not-connected',
    'graph.mailbox': () => ({
      status: 404,
      code: 'MailboxNotEnabledForRESTAPI',
      message: 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
    }),
  },
})
