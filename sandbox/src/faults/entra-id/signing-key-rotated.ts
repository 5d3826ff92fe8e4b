import { defineFault } from '../fault.ts'

export const signingKeyRotated = defineFault({
  name: 'signing-key-rotated',
  title: 'Signing key rotated',
  part: 'entra-id',
  what: 'Microsoft signs with a new key from now on, without notice. The old one stays published. The rotation itself stays when the fault is switched off.',
  scopes: [],
  options: {},
  reveals: ['keys', 'token (id_token)'],
  evidence: '§A.4 [D]',
  effects: { 'entra.signing-key': () => 'rotated' },
})
