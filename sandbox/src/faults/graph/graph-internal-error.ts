import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphInternalError = defineFault({
  name: 'graph-internal-error',
  title: 'Graph fails inside',
  part: 'graph',
  what: 'Exchange failed at this request and might not at the next.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: '§F.4 500; the sentence [?]',
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
