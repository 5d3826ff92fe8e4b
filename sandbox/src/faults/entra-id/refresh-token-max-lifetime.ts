import { defineFault } from '../fault.ts'

export const refreshTokenMaxLifetime = defineFault({
  name: 'refresh-token-max-lifetime',
  title: 'Refresh token beyond its maximum lifetime',
  part: 'entra-id',
  what: 'The refresh token reached the maximum lifetime set by the tenant.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token (refresh_token)'],
  evidence: '§C.2 700081',
  sparesNewer: true,
  effects: { 'entra.refresh-token': () => ({ code: 700081 }) },
})
