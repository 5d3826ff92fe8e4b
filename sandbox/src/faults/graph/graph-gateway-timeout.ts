import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphGatewayTimeout = defineFault({
  name: 'graph-gateway-timeout',
  title: 'Gateway timeout of Graph',
  part: 'graph',
  what: 'The service behind Graph did not respond in time, as can happen with large pages.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: { calls: CALLS },
  reveals: ['any call to Graph'],
  evidence: '§F.4 504, §F.1; message text [?]',
  effects: {
    'graph.request': ({ calls }, { subject }) =>
      isMeant(calls, subject)
        ? { status: 504, code: 'UnknownError', message: 'The gateway did not receive a timely response.' }
        : undefined,
  },
})
