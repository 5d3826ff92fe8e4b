import { defineFault } from '../fault.ts'

export const secretMissing = defineFault({
  name: 'secret-missing',
  title: 'Client secret missing from the request',
  part: 'entra-id',
  what: 'Entra ID finds no client secret in the request, for example after a change of the redirect URI’s platform.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 7000218 [O]',
  effects: {
    'entra.credential': (_values, { subject }) => (subject.proof === 'secret' ? { code: 7000218 } : undefined),
  },
})
