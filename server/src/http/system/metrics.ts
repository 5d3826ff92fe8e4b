import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { METRICS_TYPE } from '../metrics.ts'

/**
 * Prometheus metrics, which name every mailbox. A key is required even from this machine: a proxy without
 * X-Forwarded-For forwards requests from the internet from the same address. Without a key, they are only on a port of
 * their own (`metrics-listener.ts`).
 */
export const getMetrics = ({ metrics }: Pick<Rooms, 'metrics'>) =>
  otherRoute({
    at: 'GET /metrics',
    summary: 'Returns metrics for Prometheus; requires an API key for all mailboxes with the scope admin:read.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    answersWithoutDatabase: true,
    validate: {},
    act: () => metrics.read(),
    present: {
      status: 200,
      contentType: METRICS_TYPE,
      send: (text, reply) => reply.send(text),
    },
  })
