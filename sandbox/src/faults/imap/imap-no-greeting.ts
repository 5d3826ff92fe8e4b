import { defineFault } from '../fault.ts'

export const imapNoGreeting = defineFault({
  name: 'imap-no-greeting',
  title: 'IMAP sends no greeting',
  part: 'imap',
  what: 'The connection opens, but no greeting arrives until the client gives up or the fault is switched off.',
  scopes: [],
  options: {},
  reveals: ['the greeting'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: {
    'imap.connection': () => ({ kind: 'hang' }),
  },
})
