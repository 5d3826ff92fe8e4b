import { defineFault } from '../fault.ts'

export const smtpSlow = defineFault({
  name: 'smtp-slow',
  title: 'SMTP answers slowly',
  part: 'smtp',
  what: 'Every reply is delayed, as under high load.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { ms: { kind: 'number', title: 'Milliseconds', least: 0, most: 600_000, usual: 3_000 } },
  reveals: ['every reply'],
  evidence: 'RFC 5321 section 4.5.3.2: minutes are allowed',
  effects: { 'smtp.delay': ({ ms }) => ({ ms }) },
})
