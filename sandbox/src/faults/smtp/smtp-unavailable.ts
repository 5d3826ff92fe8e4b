import { defineFault } from '../fault.ts'

export const smtpUnavailable = defineFault({
  name: 'smtp-unavailable',
  title: 'SMTP is not available',
  part: 'smtp',
  what: 'The front end has no room for another connection and says so.',
  scopes: [],
  options: {},
  reveals: ['the greeting'],
  evidence: 'RFC 5321 section 3.8; the sentence [?]',
  effects: { 'smtp.connection': () => ({ kind: 'reply', reply: '421 4.3.2 Service not available' }) },
})
