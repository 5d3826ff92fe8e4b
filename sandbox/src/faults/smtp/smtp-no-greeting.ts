import { defineFault } from '../fault.ts'

export const smtpNoGreeting = defineFault({
  name: 'smtp-no-greeting',
  title: 'SMTP sends no greeting',
  part: 'smtp',
  what: 'The connection opens, but no greeting arrives until the client gives up or the fault is switched off.',
  scopes: [],
  options: {},
  reveals: ['the greeting'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: { 'smtp.connection': () => ({ kind: 'hang' }) },
})
