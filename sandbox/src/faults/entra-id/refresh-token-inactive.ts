import { defineFault } from '../fault.ts'

export const refreshTokenInactive = defineFault({
  name: 'refresh-token-inactive',
  title: 'Refresh token unused for 90 days',
  part: 'entra-id',
  what: 'The refresh token expired because it was not used for 90 days.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token)'],
  evidence: '§C.2 700082 [?], §B.4 [D]',
  sparesNewer: true,
  effects: { 'entra.refresh-token': () => ({ code: 700082, values: { time: '90.00:00:00' } }) },
})
