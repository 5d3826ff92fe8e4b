import { defineFault } from '../fault.ts'

export const secretExpired = defineFault({
  name: 'secret-expired',
  title: 'Client secret expired',
  part: 'entra-id',
  what: 'All client secrets of the app registration have expired. A secret created after the fault was switched on is valid. As at Microsoft, a new secret fixes this.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 7000222 [O]',
  sparesNewer: true,
  effects: {
    'entra.credential': (_values, { subject }) => (subject.proof === 'secret' ? { code: 7000222 } : undefined),
  },
})
