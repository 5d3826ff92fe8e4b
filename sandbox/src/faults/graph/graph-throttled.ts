import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphThrottled = defineFault({
  name: 'graph-throttled',
  title: 'Graph throttles the application',
  part: 'graph',
  what: 'The application sent too many requests to this mailbox. The client has to wait before it retries.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    retryAfterSeconds: {
      kind: 'number',
      title: 'Retry-After in seconds (0: no header)',
      least: 0,
      most: 3600,
      usual: 30,
    },
    calls: CALLS,
  },
  reveals: ['any call to Graph'],
  evidence: '§F.4 429, §F.5 [D]',
  effects: {
    'graph.request': ({ retryAfterSeconds, calls }, { subject }) =>
      !isMeant(calls, subject)
        ? undefined
        : {
            status: 429,
            code: 'ApplicationThrottled',
            message: 'Application is over its limit of requests to this mailbox in 10 minutes.',
            ...(retryAfterSeconds === 0 ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
          },
  },
})
