import { defineFault } from '../fault.ts'

export const imapSpecialUse = defineFault({
  name: 'imap-special-use',
  title: 'Folders show what they are for',
  part: 'imap',
  what: 'LIST marks Sent, Drafts, Trash, Junk and Archive (RFC 6154). Without it, as usual at Exchange, only names tell, in the language of the mailbox.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['LIST, LSUB'],
  evidence: '§E.4: older traces show them, a check of September 2026 did not [?]',
  effects: {
    'imap.special-use': () => 'shown',
  },
})
