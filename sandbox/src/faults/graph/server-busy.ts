import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const serverBusy = defineFault({
  name: 'server-busy',
  title: 'Exchange busy',
  part: 'graph',
  what: 'The server of the mailbox is overloaded.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: '§F.4 5xx; status and message text [?]',
  effects: {
    'graph.request': ({ calls }, { subject }) =>
      isMeant(calls, subject)
        ? {
            status: 503,
            code: 'ErrorServerBusy',
            message: 'The server cannot service this request right now. Try again later.',
          }
        : undefined,
  },
})
