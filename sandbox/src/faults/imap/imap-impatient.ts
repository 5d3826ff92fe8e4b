import { defineFault } from '../fault.ts'

export const imapImpatient = defineFault({
  name: 'imap-impatient',
  title: 'IMAP ends inactive sessions early',
  part: 'imap',
  what: 'The server ends an inactive session long before 30 minutes, even during IDLE.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    afterSeconds: { kind: 'number', title: 'Seconds of inactivity', least: 1, most: 1800, usual: 120 },
  },
  reveals: ['BYE in any session'],
  evidence: '§E.4 Connection is closed. 13 [O]; the shorter time [?]',
  effects: {
    'imap.silence': ({ afterSeconds }) => ({ afterMs: afterSeconds * 1000 }),
  },
})
