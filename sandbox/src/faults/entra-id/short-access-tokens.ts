import { defineFault } from '../fault.ts'

export const shortAccessTokens = defineFault({
  name: 'short-access-tokens',
  title: 'Short access tokens',
  part: 'entra-id',
  what: 'A token lifetime policy of the tenant makes access tokens short.',
  scopes: ['tenant', 'user', 'application'],
  options: {
    seconds: { kind: 'number', title: 'Seconds', least: 60, most: 86_400, usual: 600 },
  },
  reveals: ['token'],
  evidence: '§B.4 [?]',
  effects: { 'entra.lifetime': ({ seconds }) => ({ seconds }) },
})
