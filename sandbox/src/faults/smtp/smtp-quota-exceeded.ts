import { defineFault } from '../fault.ts'

export const smtpQuotaExceeded = defineFault({
  name: 'smtp-quota-exceeded',
  title: 'SMTP: recipient limit reached',
  part: 'smtp',
  what: 'The mailbox has reached its limit of recipients in 24 hours.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: '§E.6 554 5.2.0 SubmissionQuotaExceeded, §E.8 [O]',
  effects: {
    'smtp.message': () => ({
      kind: 'reply',
      reply: '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException',
    }),
  },
})
