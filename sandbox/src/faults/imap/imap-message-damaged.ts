import { defineFault } from '../fault.ts'

export const imapMessageDamaged = defineFault({
  name: 'imap-message-damaged',
  title: 'Messages cannot be retrieved',
  part: 'imap',
  what: 'Exchange cannot turn what it keeps into MIME: FETCH answers with nothing, or with a message of its own in place of the real one.',
  scopes: ['tenant', 'mailbox'],
  options: {
    content: { kind: 'choice', title: 'In place of the message', choices: ['nothing', 'stub'], usual: 'stub' },
  },
  reveals: ['FETCH of content'],
  evidence: '§E.4 Fetch of damaged items [O]',
  effects: {
    'imap.content': ({ content }) => content,
  },
})
