import { defineFault } from '../fault.ts'

export const applicationUnknown = defineFault({
  name: 'application-unknown',
  title: 'Application not found',
  part: 'entra-id',
  what: 'The app registration was deleted, or the client ID belongs to another tenant or cloud.',
  scopes: ['tenant', 'application'],
  options: {},
  reveals: ['token', 'authorize (page)'],
  evidence: '§C.2 700016 [O]',
  effects: { 'entra.client': () => ({ code: 700016 }) },
})
