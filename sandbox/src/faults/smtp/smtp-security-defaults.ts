import { defineFault } from '../fault.ts'

export const smtpSecurityDefaults = defineFault({
  name: 'smtp-security-defaults',
  title: 'SMTP: locked by security defaults',
  part: 'smtp',
  what: 'Security defaults are on and block legacy protocols.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {},
  reveals: ['AUTH'],
  evidence: '§E.6 535 5.7.139 … security defaults policy [O]',
  effects: {
    'smtp.sign-in': () => ({
      kind: 'reply',
      reply:
        "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.",
    }),
  },
})
