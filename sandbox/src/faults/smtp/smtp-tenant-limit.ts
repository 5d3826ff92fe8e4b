import { defineFault } from '../fault.ts'

export const smtpTenantLimit = defineFault({
  name: 'smtp-tenant-limit',
  title: 'SMTP: the organization sent too much',
  part: 'smtp',
  what: 'The organization has sent as much to the world outside as it may.',
  scopes: ['tenant'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: '§E.6 550 5.7.708, §E.8; the sentence [?]',
  effects: {
    'smtp.message': () => ({
      kind: 'reply',
      reply: '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP',
    }),
  },
})
