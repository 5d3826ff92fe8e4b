import { defineFault } from '../fault.ts'

export const imapUidValidityZero = defineFault({
  name: 'imap-uid-validity-zero',
  title: 'UIDVALIDITY is zero',
  part: 'imap',
  what: 'A broken front end returns an invalid UIDVALIDITY until the fault ends, and the old value afterwards.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['SELECT, EXAMINE, STATUS'],
  evidence: 'reported for servers and proxies [T]',
  effects: {
    'imap.uid-validity': () => 'zero',
  },
})
