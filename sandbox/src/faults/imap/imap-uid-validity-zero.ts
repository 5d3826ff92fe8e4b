import { defineFault } from '../fault.ts'

export const imapUidValidityZero = defineFault({
  name: 'imap-uid-validity-zero',
  title: 'UIDVALIDITY is zero',
  part: 'imap',
  what: 'A broken front end tells no valid UIDVALIDITY while it lasts, and the old one afterwards.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['SELECT, EXAMINE, STATUS'],
  evidence: 'told of servers and proxies [T]',
  effects: {
    'imap.uid-validity': () => 'zero',
  },
})
