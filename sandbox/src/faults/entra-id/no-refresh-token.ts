import { defineFault } from '../fault.ts'

export const noRefreshToken = defineFault({
  name: 'no-refresh-token',
  title: 'No refresh token given',
  part: 'entra-id',
  what: 'The answer of the token endpoint brings no refresh token, as without offline_access.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§B.2 [D]',
  effects: { 'entra.no-refresh-token': () => true },
})
