import { defineFault } from '../fault.ts'

export const tokenEndpointThrottled = defineFault({
  name: 'token-endpoint-throttled',
  title: 'Token endpoint throttled',
  part: 'entra-id',
  what: 'Too many requests to the tenant: Microsoft asks to wait. Nothing is wrong with the grant.',
  scopes: ['tenant', 'user', 'application'],
  options: {
    retryAfterSeconds: { kind: 'number', title: 'Retry-After (0: none)', least: 0, most: 3600, usual: 30 },
  },
  reveals: ['token'],
  evidence: '§C.2 90055 [?], §C.1 429 [?]',
  effects: {
    'entra.request': ({ retryAfterSeconds }, { subject }) =>
      subject.grantType === undefined
        ? undefined
        : {
            code: 90055,
            ...(retryAfterSeconds === 0 ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
          },
  },
})
