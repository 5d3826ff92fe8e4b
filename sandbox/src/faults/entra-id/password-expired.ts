import { defineFault } from '../fault.ts'

export const passwordExpired = defineFault({
  name: 'password-expired',
  title: 'Password expired',
  part: 'entra-id',
  what: 'The password is past its time. Microsoft documents that refresh tokens live on (§B.5); its libraries know the answer that ends them, and the harder case is the usual one here.',
  scopes: ['tenant', 'user'],
  options: {
    refreshTokens: { kind: 'choice', title: 'Refresh tokens', choices: ['end', 'live'], usual: 'end' },
  },
  reveals: ['token (refresh_token)', 'sign-in page'],
  evidence: '§C.1 user_password_expired [C], §C.2 50055, §B.5 [D] for the other',
  effects: {
    'entra.person': ({ refreshTokens }, { subject }) =>
      refreshTokens === 'live' && subject.grantType !== undefined ? undefined : { code: 50055 },
  },
})
