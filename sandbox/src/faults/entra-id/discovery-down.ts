import { defineFault } from '../fault.ts'

export const discoveryDown = defineFault({
  name: 'discovery-down',
  title: 'Discovery and keys unavailable',
  part: 'entra-id',
  what: 'The discovery document and the signing keys are unavailable. The token endpoint still works.',
  scopes: ['tenant'],
  options: {},
  reveals: ['discovery', 'keys'],
  evidence: '§A.4; a 5xx status of the front end',
  effects: {
    'entra.metadata': () => ({
      kind: 'answer',
      status: 503,
      contentType: 'text/html; charset=utf-8',
      body: 'The service is unavailable.',
    }),
  },
})
