import { defineFault } from '../fault.ts'

export const smtpAuthOffTenant = defineFault({
  name: 'smtp-auth-off-tenant',
  title: 'SMTP AUTH is off in the organization',
  part: 'smtp',
  what: 'An admin turned off client submission for all mailboxes. Organizations created after January 2020 have this setting by default.',
  scopes: ['tenant'],
  options: {},
  reveals: ['AUTH'],
  evidence: '§E.6 535 5.7.139 … disabled for the Tenant [D]',
  effects: {
    'smtp.sign-in': () => ({
      kind: 'reply',
      reply:
        '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.',
    }),
  },
})
