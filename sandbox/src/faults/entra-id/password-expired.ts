import { defineFault } from '../fault.ts'

export const passwordExpired = defineFault({
  name: 'password-expired',
  title: 'Password expired',
  part: 'entra-id',
  what: 'The password has expired. Microsoft documents that refresh tokens remain valid (§B.5). Its libraries also handle an error that ends them. The sandbox uses this stricter case by default.',
  scopes: ['tenant', 'user'],
  options: {
    refreshTokens: { kind: 'choice', title: 'Refresh tokens', choices: ['end', 'live'], usual: 'end' },
  },
  reveals: ['token (refresh_token)', 'sign-in page'],
  evidence: '§C.1 user_password_expired [C], §C.2 50055, §B.5 [D] for “live”',
  effects: {
    'entra.person': ({ refreshTokens }, { subject }) =>
      refreshTokens === 'live' && subject.grantType !== undefined ? undefined : { code: 50055 },
  },
})
