import { defineFault } from '../fault.ts'

export const mailboxUnlicensed = defineFault({
  name: 'mailbox-unlicensed',
  title: 'Mailbox without a license',
  part: 'graph',
  what: 'The license was removed, or the mailbox is on an on-premises server of the organization. Graph cannot access it.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['any call to the mailbox', 'IMAP after AUTHENTICATE', 'SMTP at the end of DATA'],
  evidence: '§F.4 404 MailboxNotEnabledForRESTAPI; at IMAP §E.4, at SMTP §E.6',
  effects: {
    'imap.mailbox': () => 'not-connected',
    'smtp.message': () => ({ kind: 'reply', reply: '550 Mailbox cannot be accessed' }),
    'graph.mailbox': () => ({
      status: 404,
      code: 'MailboxNotEnabledForRESTAPI',
      message: 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
    }),
  },
})
