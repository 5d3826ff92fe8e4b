import { defineFault } from '../fault.ts'

export const secretExpired = defineFault({
  name: 'secret-expired',
  title: 'Client secret expired',
  part: 'entra-id',
  what: 'The end date of every client secret of the registration is past. A secret made afterwards is good, so the fault can be mended as at Microsoft: with a new one.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 7000222 [O]',
  sparesNewer: true,
  effects: {
    'entra.credential': (_values, { subject }) => (subject.proof === 'secret' ? { code: 7000222 } : undefined),
  },
})
