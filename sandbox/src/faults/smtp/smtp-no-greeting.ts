import { defineFault } from '../fault.ts'

export const smtpNoGreeting = defineFault({
  name: 'smtp-no-greeting',
  title: 'SMTP does not greet',
  part: 'smtp',
  what: 'The connection stands and nothing comes, until the client gives up or the fault is switched off.',
  scopes: [],
  options: {},
  reveals: ['the greeting'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: { 'smtp.connection': () => ({ kind: 'hang' }) },
})
