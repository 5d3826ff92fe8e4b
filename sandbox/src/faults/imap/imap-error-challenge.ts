import { defineFault } from '../fault.ts'

export const imapErrorChallenge = defineFault({
  name: 'imap-error-challenge',
  title: 'Refused tokens are explained first',
  part: 'imap',
  what: 'A server explains in JSON why a token is refused, and says NO when the client has answered that. Google and Dovecot do so, Exchange does not.',
  scopes: [],
  options: {
    status: { kind: 'choice', title: 'Status', choices: ['400', '401', '403'], usual: '401' },
  },
  reveals: ['AUTHENTICATE with a token that is refused'],
  evidence: '§E.3, §G.5 [O]',
  effects: {
    'imap.challenge': ({ status }) =>
      JSON.stringify({ status, schemes: 'Bearer', scope: 'https://outlook.office.com/IMAP.AccessAsUser.All' }),
  },
})
