import { defineFault } from '../fault.ts'

export const opaqueAccessTokens = defineFault({
  name: 'opaque-access-tokens',
  title: 'Opaque access tokens',
  part: 'entra-id',
  what: 'Access tokens are opaque strings (EwB…), as for personal accounts. Clients must not parse them.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§B.3 [D]',
  effects: { 'entra.opaque': () => true },
})
