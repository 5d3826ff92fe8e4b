import { defineFault } from '../fault.ts'

export const smtpStoreUnavailable = defineFault({
  name: 'smtp-store-unavailable',
  title: 'SMTP: mailbox temporarily unavailable',
  part: 'smtp',
  what: 'The server of the mailbox has a transient error.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {},
  reveals: ['the end of DATA'],
  evidence: '§E.6 430 4.2.0 [?]',
  effects: { 'smtp.message': () => ({ kind: 'reply', reply: '430 4.2.0 STOREDRV; mailbox logon failure' }) },
})
