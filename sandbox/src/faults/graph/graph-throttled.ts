import { defineFault } from '../fault.ts'
import { CALLS, isMeant } from '../graph-calls.ts'
import { retryAfter, retryAfterOption } from '../retry-after.ts'

export const graphThrottled = defineFault({
  name: 'graph-throttled',
  title: 'Graph throttles the application',
  part: 'graph',
  what: 'The application sent too many requests to this mailbox. The client has to wait before it retries.',
  scopes: ['tenant', 'user', 'application', 'mailbox'],
  options: {
    retryAfterSeconds: retryAfterOption({ usual: 30 }),
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
            ...retryAfter(retryAfterSeconds),
          },
  },
})
