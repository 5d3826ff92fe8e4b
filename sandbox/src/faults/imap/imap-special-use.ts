import { defineFault } from '../fault.ts'

export const imapSpecialUse = defineFault({
  name: 'imap-special-use',
  title: 'Folders have special-use attributes',
  part: 'imap',
  what: 'LIST marks Sent, Drafts, Trash, Junk and Archive (RFC 6154). Exchange usually omits these attributes. Clients then recognize folders only by name, in the language of the mailbox.',
  scopes: ['tenant', 'mailbox'],
  options: {},
  reveals: ['LIST, LSUB'],
  evidence: '§E.4: older traces show them, a check of September 2026 did not [?]',
  effects: {
    'imap.special-use': () => 'shown',
  },
})
