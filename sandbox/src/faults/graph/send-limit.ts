import { defineFault } from '../fault.ts'
import { retryAfter, retryAfterOption } from '../retry-after.ts'

export const sendLimit = defineFault({
  name: 'send-limit',
  title: 'Sending limit reached',
  part: 'graph',
  what: 'The mailbox reached its limit of recipients in 24 hours.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {
    retryAfterSeconds: retryAfterOption({ usual: 3600, most: 86_400 }),
  },
  reveals: ['send'],
  evidence: '§F.4 429 ErrorExceededMessageLimit [?], §E.8',
  effects: {
    'graph.send': ({ retryAfterSeconds }) => ({
      status: 429,
      code: 'ErrorExceededMessageLimit',
      message: 'The message limit for the mailbox has been exceeded.',
      ...retryAfter(retryAfterSeconds),
    }),
  },
})
