import { defineFault } from '../fault.ts'

export const certificateUnknown = defineFault({
  name: 'certificate-unknown',
  title: 'Certificate not registered',
  part: 'entra-id',
  what: 'The certificate that signed the client assertion is missing from the app registration, or was removed from it.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 700027',
  effects: {
    'entra.credential': (_values, { subject }) => (subject.proof === 'certificate' ? { code: 700027 } : undefined),
  },
})
