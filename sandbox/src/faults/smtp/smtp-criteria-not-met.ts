import { defineFault } from '../fault.ts'

export const smtpCriteriaNotMet = defineFault({
  name: 'smtp-criteria-not-met',
  title: 'SMTP: the request did not meet the criteria',
  part: 'smtp',
  what: 'Conditional Access or a similar policy forbids SMTP for this sign-in.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['AUTH'],
  evidence: '§E.6 535 5.7.139 … did not meet the criteria [O]',
  effects: {
    'smtp.sign-in': () => ({
      kind: 'reply',
      reply:
        '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.',
    }),
  },
})
