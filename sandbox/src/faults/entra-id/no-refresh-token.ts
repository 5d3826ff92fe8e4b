import { defineFault } from '../fault.ts'

export const noRefreshToken = defineFault({
  name: 'no-refresh-token',
  title: 'Refresh token missing',
  part: 'entra-id',
  what: 'The token response contains no refresh token, as if offline_access was not requested.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§B.2 [D]',
  effects: { 'entra.no-refresh-token': () => true },
})
