import { defineFault } from '../fault.ts'

export const shortAccessTokens = defineFault({
  name: 'short-access-tokens',
  title: 'Short access token lifetime',
  part: 'entra-id',
  what: 'A token lifetime policy of the tenant shortens the lifetime of access tokens.',
  scopes: ['tenant', 'user', 'application'],
  options: {
    seconds: { kind: 'number', title: 'Lifetime in seconds', least: 60, most: 86_400, usual: 600 },
  },
  reveals: ['token'],
  evidence: '§B.4 [?]',
  effects: { 'entra.lifetime': ({ seconds }) => ({ seconds }) },
})
