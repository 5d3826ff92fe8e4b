import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphInternalError = defineFault({
  name: 'graph-internal-error',
  title: 'Internal server error of Graph',
  part: 'graph',
  what: 'Exchange failed to process the request. A retry can succeed.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: '§F.4 500; message text [?]',
  effects: {
    'graph.request': ({ calls }, { subject }) =>
      isMeant(calls, subject)
        ? {
            status: 500,
            code: 'ErrorInternalServerError',
            message: 'An internal server error occurred. The operation failed.',
          }
        : undefined,
  },
})
