import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { createLiveFigures } from './live-figures.ts'

/**
 * Prometheus metrics, which name every mailbox. A key is required even from this machine: a proxy without
 * X-Forwarded-For forwards requests from the internet from the same address.
 */
export const getMetrics = (rooms: Rooms) => {
  const { metrics } = rooms
  const refresh = createLiveFigures(metrics.registry, rooms)
  return otherRoute({
    at: 'GET /metrics',
    summary: 'Returns metrics for Prometheus; requires an API key for all mailboxes with the scope admin:read.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    answersWithoutDatabase: true,
    validate: {},
    act: async () => {
      await refresh(METRICS_WITHIN_MS)
      return metrics.registry.metrics()
    },
    present: {
      status: 200,
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      send: (text, reply) => reply.send(text),
    },
  })
}

/** Shorter than the scrape timeout of Prometheus (10 s). */
const METRICS_WITHIN_MS = 3_000
