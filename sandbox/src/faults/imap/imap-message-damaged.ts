import { defineFault } from '../fault.ts'

export const imapMessageDamaged = defineFault({
  name: 'imap-message-damaged',
  title: 'Messages cannot be retrieved',
  part: 'imap',
  what: 'Exchange cannot convert the stored item to MIME. FETCH returns nothing, or a replacement message.',
  scopes: ['tenant', 'mailbox'],
  options: {
    content: { kind: 'choice', title: 'Content instead of the message', choices: ['nothing', 'stub'], usual: 'stub' },
  },
  reveals: ['FETCH of content'],
  evidence: '§E.4 Fetch of damaged items [O]',
  effects: {
    'imap.content': ({ content }) => content,
  },
})
