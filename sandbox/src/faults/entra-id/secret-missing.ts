import { defineFault } from '../fault.ts'

export const secretMissing = defineFault({
  name: 'secret-missing',
  title: 'Client secret not taken',
  part: 'entra-id',
  what: 'Entra ID finds no secret in the request, as when the platform of the redirect URI was changed.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 7000218 [O]',
  effects: {
    'entra.credential': (_values, { subject }) => (subject.proof === 'secret' ? { code: 7000218 } : undefined),
  },
})
