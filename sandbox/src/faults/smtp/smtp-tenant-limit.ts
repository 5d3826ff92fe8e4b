import { defineFault } from '../fault.ts'

export const smtpTenantLimit = defineFault({
  name: 'smtp-tenant-limit',
  title: 'SMTP: sending limit of the organization reached',
  part: 'smtp',
  what: 'The organization has reached its limit for mail to external recipients.',
  scopes: ['tenant'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: '§E.6 550 5.7.708, §E.8; message text [?]',
  effects: {
    'smtp.message': () => ({
      kind: 'reply',
      reply: '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP',
    }),
  },
})
