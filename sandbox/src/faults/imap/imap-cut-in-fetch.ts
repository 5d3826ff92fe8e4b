import { defineFault } from '../fault.ts'

export const imapCutInFetch = defineFault({
  name: 'imap-cut-in-fetch',
  title: 'IMAP cuts the connection in the middle of a message',
  part: 'imap',
  what: 'The connection ends before the server has sent all announced bytes.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    bytes: { kind: 'number', title: 'Bytes of content before the cut', least: 0, most: 10_000_000, usual: 1000 },
  },
  reveals: ['FETCH of content'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: {
    'imap.cut': ({ bytes }) => ({ afterBytes: bytes }),
  },
})
