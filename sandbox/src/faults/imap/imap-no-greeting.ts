import { defineFault } from '../fault.ts'

export const imapNoGreeting = defineFault({
  name: 'imap-no-greeting',
  title: 'IMAP takes the connection and says nothing',
  part: 'imap',
  what: 'The connection stands and no greeting comes, until the client gives up or the fault is switched off.',
  scopes: [],
  options: {},
  reveals: ['the greeting'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: {
    'imap.connection': () => ({ kind: 'hang' }),
  },
})
