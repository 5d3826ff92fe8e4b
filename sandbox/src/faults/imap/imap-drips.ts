import { defineFault } from '../fault.ts'

export const imapDrips = defineFault({
  name: 'imap-drips',
  title: 'IMAP sends content byte by byte',
  part: 'imap',
  what: 'Content arrives in tiny pieces for hours. The connection is alive but useless.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    bytes: { kind: 'number', title: 'Bytes per piece', least: 1, most: 100_000, usual: 1 },
    everyMs: { kind: 'number', title: 'Interval in ms', least: 1, most: 600_000, usual: 60_000 },
  },
  reveals: ['FETCH of content'],
  evidence: 'a network fault, not a Microsoft fault',
  effects: {
    'imap.drip': ({ bytes, everyMs }) => ({ bytes, everyMs }),
  },
})
