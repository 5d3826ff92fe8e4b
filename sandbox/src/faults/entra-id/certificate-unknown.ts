import { defineFault } from '../fault.ts'

export const certificateUnknown = defineFault({
  name: 'certificate-unknown',
  title: 'Certificate not matching',
  part: 'entra-id',
  what: 'The certificate that signed the assertion is not registered (any more).',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 700027',
  effects: {
    'entra.credential': (_values, { subject }) => (subject.proof === 'certificate' ? { code: 700027 } : undefined),
  },
})
