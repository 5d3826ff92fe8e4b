import { defineFault } from '../fault.ts'

export const smtpUnavailable = defineFault({
  name: 'smtp-unavailable',
  title: 'SMTP is not available',
  part: 'smtp',
  what: 'The front end has no capacity for another connection and replies 421.',
  scopes: [],
  options: {},
  reveals: ['the greeting'],
  evidence: 'RFC 5321 section 3.8; message text [?]',
  effects: { 'smtp.connection': () => ({ kind: 'reply', reply: '421 4.3.2 Service not available' }) },
})
