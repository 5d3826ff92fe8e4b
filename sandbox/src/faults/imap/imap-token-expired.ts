import { defineFault } from '../fault.ts'

export const imapTokenExpired = defineFault({
  name: 'imap-token-expired',
  title: 'Session ended: AccessTokenExpired',
  part: 'imap',
  what: 'Exchange ends an idle or busy session, although the client considers its token valid.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    afterSeconds: { kind: 'number', title: 'Seconds after sign-in', least: 0, most: 86_400, usual: 60 },
  },
  reveals: ['BYE in any session'],
  evidence: '§E.4 Session invalidated - AccessTokenExpired [O]',
  effects: {
    'imap.token': ({ afterSeconds }) => ({ afterMs: afterSeconds * 1000 }),
  },
})
