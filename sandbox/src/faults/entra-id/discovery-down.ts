import { defineFault } from '../fault.ts'

export const discoveryDown = defineFault({
  name: 'discovery-down',
  title: 'Discovery and keys do not answer',
  part: 'entra-id',
  what: 'The documents that describe the authority and its keys cannot be had; tokens can.',
  scopes: ['tenant'],
  options: {},
  reveals: ['discovery', 'keys'],
  evidence: '§A.4; a 5xx of the front door',
  effects: {
    'entra.metadata': () => ({
      kind: 'answer',
      status: 503,
      contentType: 'text/html; charset=utf-8',
      body: 'The service is unavailable.',
    }),
  },
})
