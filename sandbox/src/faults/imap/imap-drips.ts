import { defineFault } from '../fault.ts'

export const imapDrips = defineFault({
  name: 'imap-drips',
  title: 'IMAP drips',
  part: 'imap',
  what: 'Content comes byte by byte and does not end for hours: the connection is alive and useless.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    bytes: { kind: 'number', title: 'Bytes at a time', least: 1, most: 100_000, usual: 1 },
    everyMs: { kind: 'number', title: 'Every so many ms', least: 1, most: 600_000, usual: 60_000 },
  },
  reveals: ['FETCH of content'],
  evidence: 'a fault of networks and not of Microsoft’s',
  effects: {
    'imap.drip': ({ bytes, everyMs }) => ({ bytes, everyMs }),
  },
})
