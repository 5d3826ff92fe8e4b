import { defineFault } from '../fault.ts'

export const imapErrorChallenge = defineFault({
  name: 'imap-error-challenge',
  title: 'IMAP explains a refused token before NO',
  part: 'imap',
  what: 'The server first explains in JSON why it refuses a token. It answers NO after the reply of the client. Google and Dovecot do this, Exchange does not.',
  scopes: [],
  options: {
    status: { kind: 'choice', title: 'Status', choices: ['400', '401', '403'], usual: '401' },
  },
  reveals: ['AUTHENTICATE with a refused token'],
  evidence: '§E.3, §G.5 [O]',
  effects: {
    'imap.challenge': ({ status }) =>
      JSON.stringify({ status, schemes: 'Bearer', scope: 'https://outlook.office.com/IMAP.AccessAsUser.All' }),
  },
})
