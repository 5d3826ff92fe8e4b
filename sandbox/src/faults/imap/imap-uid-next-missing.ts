import { defineFault } from '../fault.ts'

export const imapUidNextMissing = defineFault({
  name: 'imap-uid-next-missing',
  title: 'UIDNEXT is missing',
  part: 'imap',
  what: 'SELECT and STATUS do not return the next UID.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['SELECT, EXAMINE, STATUS'],
  evidence: 'RFC 3501 §7.1 allows it; not seen in Exchange [?]',
  effects: {
    'imap.uid-next': () => 'missing',
  },
})
