import { defineFault } from '../fault.ts'

export const smtpAuthOffMailbox = defineFault({
  name: 'smtp-auth-off-mailbox',
  title: 'SMTP AUTH is off for the mailbox',
  part: 'smtp',
  what: 'An admin turned off client submission for this mailbox.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['AUTH'],
  evidence: '§E.6 535 5.7.139 … disabled for the Mailbox [D]',
  effects: {
    'smtp.sign-in': () => ({
      kind: 'reply',
      reply:
        '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.',
    }),
  },
})
