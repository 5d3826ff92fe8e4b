import { defineFault } from '../fault.ts'

export const imapCutInFetch = defineFault({
  name: 'imap-cut-in-fetch',
  title: 'IMAP cuts the connection in the middle of a message',
  part: 'imap',
  what: 'The announced bytes do not all come.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    bytes: { kind: 'number', title: 'After so many bytes of content', least: 0, most: 10_000_000, usual: 1000 },
  },
  reveals: ['FETCH of content'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: {
    'imap.cut': ({ bytes }) => ({ afterBytes: bytes }),
  },
})
