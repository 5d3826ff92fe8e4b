import { defineFault } from '../fault.ts'

export const sessionsRevoked = defineFault({
  name: 'sessions-revoked',
  title: 'Sessions revoked',
  part: 'entra-id',
  what: 'An admin revoked the user’s sessions. Refresh tokens issued earlier end at once. Graph rejects access tokens of clients that support claims challenges (CAE). Access tokens of other clients remain valid until they expire.',
  scopes: ['tenant', 'user'],
  options: {},
  reveals: ['any call to Graph (401 insufficient_claims)', 'token (refresh_token)'],
  evidence: '§B.6 [D], §B.5 [D], §C.2 50173 [O]',
  sparesNewer: true,
  effects: {
    'entra.session': () => 'ended',
    'entra.person': (_values, { since, subject }) => ({
      code: 50173,
      values: { authTime: isoSeconds(subject.bornAt ?? since), validFrom: isoSeconds(since) },
    }),
    'graph.token': (_values, { since }) => ({ code: 'TokenIssuedBeforeRevocationTimestamp', notBefore: since }),
  },
})

const isoSeconds = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
