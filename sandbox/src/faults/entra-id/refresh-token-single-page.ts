import { defineFault } from '../fault.ts'

export const refreshTokenSinglePage = defineFault({
  name: 'refresh-token-single-page',
  title: 'Refresh token of a single-page application',
  part: 'entra-id',
  what: 'The redirect URI is registered as “Single-page application”. Its refresh tokens expire 24 hours after the sign-in, regardless of use.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token)'],
  evidence: '§C.2 700084, §A.6 [D]',
  sparesNewer: true,
  effects: {
    'entra.refresh-token': (_values, { subject }) => ({
      code: 700084,
      values: { time: '1.00:00:00', issued: `${new Date(subject.bornAt ?? 0).toISOString().slice(0, 19)}Z` },
    }),
  },
})
