import { defineFault } from '../fault.ts'

export const sendLimit = defineFault({
  name: 'send-limit',
  title: 'Limit of sent messages reached',
  part: 'graph',
  what: 'The mailbox sent to as many recipients as it may in 24 hours.',
  scopes: ['tenant', 'user', 'mailbox'],
  options: {
    retryAfterSeconds: { kind: 'number', title: 'Retry-After (0: none)', least: 0, most: 86_400, usual: 3600 },
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
