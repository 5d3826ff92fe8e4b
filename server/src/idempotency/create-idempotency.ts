import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import { createIdempotentRequests, type Idempotency } from './idempotent-requests.ts'
import { createStoredRequests } from './stored-requests.ts'

export type { Idempotency } from './idempotent-requests.ts'

const EVERY_MS = 10 * 60_000
const DEADLINE_MS = 5 * 60_000

export interface IdempotencyDeps {
  database: Database
  clock: Clock
  keyRing: KeyRing
  log: Log
  /** Set by tests. */
  renewsEveryMs?: number
}

/** Creates the room, with the service that deletes requests after a day. */
export function createIdempotency(deps: IdempotencyDeps) {
  const stored = createStoredRequests(deps)
  const idempotency: Idempotency = createIdempotentRequests({ ...deps, stored })
  const idempotencyService = createTicker({
    name: 'idempotency.expired',
    clock: deps.clock,
    everyMs: EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run: (over) => stored.deleteExpired(over),
    onError: (err) => deps.log.warn({ err }, 'Old Idempotency-Keys could not be deleted'),
  })
  return { idempotency, idempotencyService }
}
