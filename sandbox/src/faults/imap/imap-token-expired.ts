import { defineFault } from '../fault.ts'

export const imapTokenExpired = defineFault({
  name: 'imap-token-expired',
  title: 'Session ended: AccessTokenExpired',
  part: 'imap',
  what: 'Exchange ends a session although the client believes its token to be good, idle or busy.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    afterSeconds: { kind: 'number', title: 'Seconds after the sign-in', least: 0, most: 86_400, usual: 60 },
  },
  reveals: ['any session, by a BYE'],
  evidence: '§E.4 Session invalidated - AccessTokenExpired [O]',
  effects: {
    'imap.token': ({ afterSeconds }) => ({ afterMs: afterSeconds * 1000 }),
  },
})
