import { defineFault } from '../fault.ts'
import { retryAfter, retryAfterOption } from '../retry-after.ts'

export const tokenEndpointThrottled = defineFault({
  name: 'token-endpoint-throttled',
  title: 'Token endpoint throttled',
  part: 'entra-id',
  what: 'The tenant receives too many requests. Entra ID asks the client to wait. The grant remains valid.',
  scopes: ['tenant', 'user', 'application'],
  options: {
    retryAfterSeconds: retryAfterOption({ usual: 30 }),
  },
  reveals: ['token'],
  evidence: '§C.2 90055 [?], §C.1 429 [?]',
  effects: {
    'entra.request': ({ retryAfterSeconds }, { subject }) =>
      subject.grantType === undefined
        ? undefined
        : {
            code: 90055,
            ...retryAfter(retryAfterSeconds),
          },
  },
})
