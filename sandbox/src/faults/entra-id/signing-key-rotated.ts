import { defineFault } from '../fault.ts'

export const signingKeyRotated = defineFault({
  name: 'signing-key-rotated',
  title: 'Signing key rotated',
  part: 'entra-id',
  what: 'Entra ID signs tokens with a new key, without notice. The old key remains published. The new key remains in use after the fault is switched off.',
  scopes: [],
  options: {},
  reveals: ['keys', 'token (id_token)'],
  evidence: '§A.4 [D]',
  effects: { 'entra.signing-key': () => 'rotated' },
})
