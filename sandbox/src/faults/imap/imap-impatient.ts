import { defineFault } from '../fault.ts'

export const imapImpatient = defineFault({
  name: 'imap-impatient',
  title: 'IMAP ends silent sessions early',
  part: 'imap',
  what: 'A session in which the client says nothing is ended long before the half hour, IDLE included.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    afterSeconds: { kind: 'number', title: 'Seconds of silence', least: 1, most: 1800, usual: 120 },
  },
  reveals: ['any session, by a BYE'],
  evidence: '§E.4 Connection is closed. 13 [O]; the shorter time [?]',
  effects: {
    'imap.silence': ({ afterSeconds }) => ({ afterMs: afterSeconds * 1000 }),
  },
})
