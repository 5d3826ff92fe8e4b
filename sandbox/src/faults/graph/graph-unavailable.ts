import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphUnavailable = defineFault({
  name: 'graph-unavailable',
  title: 'Graph unavailable',
  part: 'graph',
  what: 'Graph or the service behind it is temporarily unavailable.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: '§F.4 503; message text [?]',
  effects: {
    'graph.request': ({ calls }, { subject }) =>
      isMeant(calls, subject)
        ? {
            status: 503,
            code: 'serviceNotAvailable',
            message: 'The service is temporarily unavailable for maintenance or is overloaded.',
          }
        : undefined,
  },
})
