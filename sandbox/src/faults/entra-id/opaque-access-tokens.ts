import { defineFault } from '../fault.ts'

export const opaqueAccessTokens = defineFault({
  name: 'opaque-access-tokens',
  title: 'Opaque access tokens',
  part: 'entra-id',
  what: 'Access tokens are strings that say nothing, as they are for personal accounts (EwB…). Clients must not look into them.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§B.3 [D]',
  effects: { 'entra.opaque': () => true },
})
