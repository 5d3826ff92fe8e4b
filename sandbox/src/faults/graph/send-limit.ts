import { defineFault } from '../fault.ts'

export const sendLimit = defineFault({
  name: 'send-limit',
  title: 'Sending limit reached',
  part: 'graph',
  what: 'The mailbox reached its limit of recipients in 24 hours.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {
    retryAfterSeconds: {
      kind: 'number',
      title: 'Retry-After in seconds (0: no header)',
      least: 0,
      most: 86_400,
      usual: 3600,
    },
  },
  reveals: ['send'],
  evidence: '§F.4 429 ErrorExceededMessageLimit [?], §E.8',
  effects: {
    'graph.send': ({ retryAfterSeconds }) => ({
      status: 429,
      code: 'ErrorExceededMessageLimit',
      message: 'The message limit for the mailbox has been exceeded.',
      ...(retryAfterSeconds === 0 ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
    }),
  },
})
