import { defineFault } from '../fault.ts'

export const smtpAuthenticationUnsuccessful = defineFault({
  name: 'smtp-authentication-unsuccessful',
  title: 'SMTP refuses valid tokens',
  part: 'smtp',
  what: 'Exchange refuses a valid token. The reply gives no further reason.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['AUTH'],
  evidence: '§E.6 535 5.7.3 [O]',
  effects: {
    'smtp.sign-in': () => ({
      kind: 'reply',
      reply:
        '535 5.7.3 Authentication unsuccessful [FR0P281CA0123.outlook.office365.com 2026-11-26T14:50:26.590Z 08DE2D372B4C3DED]',
    }),
  },
})
