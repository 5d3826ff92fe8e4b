import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Time limits of everything that is asked of PostgreSQL, in milliseconds. The server's limits are shorter than ours: a
 * server that is merely slow says so and keeps the connection, and only a silent one costs it.
 */
export interface DatabaseLimits {
  /** To connect, or to get a connection from the pool. */
  connectMs: number
  /** `statement_timeout` of pool connections. */
  statementMs: number
  /** `lock_timeout` of pool connections. */
  lockMs: number
  /** Without an answer for so long the connection is destroyed. Longer than `statementMs`. */
  answerMs: number
  /** Between two questions on the connections that listen and hold locks. */
  heartbeatMs: number
}

export const DEFAULT_LIMITS: DatabaseLimits = {
  // Together below 20 s: an API request with one of each is answered in that time, whatever PostgreSQL does.
  connectMs: 7_000,
  statementMs: 10_000,
  lockMs: 8_000,
  answerMs: 12_000,
  heartbeatMs: 5_000,
}

const long = new AsyncLocalStorage<number>()

/** Lets `work` wait for answers for `limitMs`, instead of the limit of its connection. */
export function withAnswerLimit<T>(limitMs: number, work: () => T): T {
  return long.run(limitMs, work)
}

export function answerLimit(defaultMs: number): number {
  return long.getStore() ?? defaultMs
}
