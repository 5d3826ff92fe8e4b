import { defineFault } from '../fault.ts'

export const loopDetected = defineFault({
  name: 'loop-detected',
  title: 'Request loop detected',
  part: 'entra-id',
  what: 'Entra ID received the same request too many times in a row. It rejects further requests for a while.',
  scopes: ['tenant', 'user', 'application'],
  options: {},
  reveals: ['token'],
  evidence: '§C.2 50196 [O]',
  effects: {
    'entra.request': (_values, { subject }) => (subject.grantType === undefined ? undefined : { code: 50196 }),
  },
})
