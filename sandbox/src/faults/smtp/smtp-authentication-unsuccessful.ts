import { defineFault } from '../fault.ts'

export const smtpAuthenticationUnsuccessful = defineFault({
  name: 'smtp-authentication-unsuccessful',
  title: 'SMTP refuses the token',
  part: 'smtp',
  what: 'Exchange does not take the token, though it is good: all that it says of it is this.',
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
