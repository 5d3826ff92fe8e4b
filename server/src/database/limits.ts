import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Time limits of all database requests, in milliseconds. The server's limits are shorter than the client's. A slow
 * server therefore reports the timeout and keeps the connection; only a silent server costs it.
 */
export interface DatabaseLimits {
  /** Limit for connecting, or for getting a connection from the pool. */
  connectMs: number
  /** `statement_timeout` of pool connections. */
  statementMs: number
  /** `lock_timeout` of pool connections. */
  lockMs: number
  /** A connection without an answer for this long is destroyed. Longer than `statementMs`. */
  answerMs: number
  /** Interval between heartbeats on the connections that listen and hold locks. */
  heartbeatMs: number
}

export const DEFAULT_LIMITS: DatabaseLimits = {
  // Together below 20 s: an API request with one of each is answered in that time, regardless of PostgreSQL's state.
  connectMs: 7_000,
  statementMs: 10_000,
  lockMs: 8_000,
  answerMs: 12_000,
  heartbeatMs: 5_000,
}

const long = new AsyncLocalStorage<number>()

/** Runs `work` with an answer limit of `limitMs` instead of the limit of its connection. */
export function withAnswerLimit<T>(limitMs: number, work: () => T): T {
  return long.run(limitMs, work)
}

export function answerLimit(defaultMs: number): number {
  return long.getStore() ?? defaultMs
}
