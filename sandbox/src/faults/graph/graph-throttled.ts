import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'

export const graphThrottled = defineFault({
  name: 'graph-throttled',
  title: 'Graph throttles the application',
  part: 'graph',
  what: 'The application made too many requests at this mailbox. It passes, when the client waits.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    retryAfterSeconds: { kind: 'number', title: 'Retry-After (0: none)', least: 0, most: 3600, usual: 30 },
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
