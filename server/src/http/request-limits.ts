import type { FastifyReply } from 'fastify'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'

const WINDOW_SECONDS = 60
const WINDOW_MS = WINDOW_SECONDS * 1000

/** Requests in a minute, per server. */
const POLICIES = {
  /** One API key: more than a program needs, less than a loop without end takes. */
  key: { most: 30_000 },
  /** One client network without a sign-in; wrong keys count too. */
  anonymous: { most: 3_000 },
  /** One link (invitation, new password, sign-in, work order) from one client network. */
  link: { most: 30 },
} as const

type PolicyName = keyof typeof POLICIES

/** Callers that are counted at the same time. A new one replaces the one whose window began first. */
const MOST_CALLERS = 20_000

interface Counted {
  startedAt: number
  requests: number
}

export type RequestLimits = ReturnType<typeof createRequestLimits>

/**
 * Limits requests of API keys and of clients without a sign-in, in windows of a minute, and reports the state in
 * `RateLimit-Policy` and `RateLimit`. Counts are in memory, so that a request needs no statement.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 * @see docs/decisions/0065-request-limits-in-memory.md
 */
export function createRequestLimits({ clock, mostCallers = MOST_CALLERS }: { clock: Clock; mostCallers?: number }) {
  const counted = new Map<string, Counted>()

  function currentOf(name: string, now: number): Counted {
    const known = counted.get(name)
    // A window in the future began before the clock was set back.
    if (known && known.startedAt <= now && now - known.startedAt < WINDOW_MS) return known
    counted.delete(name)
    const [oldest] = counted.keys()
    if (oldest !== undefined && counted.size >= mostCallers) counted.delete(oldest)
    const started = { startedAt: now, requests: 0 }
    counted.set(name, started)
    return started
  }

  return {
    /**
     * @param caller  id of the key, or the network of the client, with the hash of its link
     * @throws AppError `http.rate_limited`
     */
    count(policy: PolicyName, caller: string, reply: Pick<FastifyReply, 'header'>): void {
      const { most } = POLICIES[policy]
      const now = clock.now().getTime()
      const current = currentOf(`${policy} ${caller}`, now)
      current.requests++
      const resetSeconds = Math.max(1, Math.ceil((current.startedAt + WINDOW_MS - now) / 1000))
      void reply.header('ratelimit-policy', `"${policy}";q=${most};w=${WINDOW_SECONDS}`)
      void reply.header('ratelimit', `"${policy}";r=${Math.max(0, most - current.requests)};t=${resetSeconds}`)
      if (current.requests > most) throw new AppError('http.rate_limited', { retryAfterSeconds: resetSeconds })
    },
  }
}
