import { AppError } from '../../kernel/errors.ts'
import type { Caller } from '../caller.ts'
import { anybody } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { createLiveFigures } from './live-figures.ts'

/** For whoever scrapes on this machine, and from elsewhere for admins and keys with `admin:read`. */
export const getMetrics = (rooms: Rooms) => {
  const { metrics } = rooms
  const refresh = createLiveFigures(metrics.registry, rooms)
  return otherRoute({
    at: 'GET /metrics',
    summary: 'For Prometheus: from this machine, or with an API key that has the scope admin:read.',
    authenticate: 'person-or-key',
    permit: anybody,
    validate: {},
    act: async ({ caller, request }) => {
      const isForwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined
      if (!isAdmin(caller) && (isForwarded || !LOOPBACK.test(request.socket.remoteAddress ?? ''))) {
        throw new AppError(caller.kind === 'anonymous' ? 'http.not_signed_in' : 'http.not_permitted')
      }
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

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/

/** The figures name every mailbox, so a key for some of them is not enough. */
function isAdmin(caller: Caller): boolean {
  if (caller.kind === 'api-key') return caller.scopes.includes('admin:read') && caller.visibleAccounts === 'all'
  return caller.kind === 'person' && caller.person.role === 'admin'
}
