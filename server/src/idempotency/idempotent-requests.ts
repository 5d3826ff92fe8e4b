import { createHash } from 'node:crypto'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import type { RequestAttempt, StoredRequest, StoredRequests } from './stored-requests.ts'

export interface IdempotentRequest {
  /** Caller and route to which the key belongs. */
  caller: string
  route: string
  /** Idempotency-Key of the caller. */
  key: string
  /** Digest of parameters and body, which a repetition must have too. */
  fingerprint: string
}

export interface Idempotency {
  /**
   * Runs `act` once for equal requests, and returns its answer (JSON) to repetitions within a day.
   *
   * The record of the request is committed with the first `creation` of `act`, so a server that is killed at any moment
   * leaves either nothing, and the repetition runs `act`, or a record, and the repetition creates nothing.
   *
   * @throws {AppError} `http.idempotency_key_reused` for another fingerprint, `http.idempotency_in_progress` while the first
   *   runs, `http.idempotency_answer_lost` if something may exist, but the answer is unknown
   */
  once<T>(request: IdempotentRequest, act: () => Promise<T>): Promise<{ answer: T; isRepeated: boolean }>
}

interface RequestsDeps {
  database: Pick<Database, 'joinCreation'>
  clock: Clock
  log: Log
  stored: StoredRequests
  /** Set by tests. */
  renewsEveryMs?: number
}

const RENEWS_EVERY_MS = 10_000

/** @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
export function createIdempotentRequests(deps: RequestsDeps): Idempotency {
  const { database, clock, log, stored, renewsEveryMs = RENEWS_EVERY_MS } = deps

  /** Renews the lease of an attempt while `work` runs. */
  async function renewing<T>(attempt: RequestAttempt, work: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => {
      stored
        .renew(attempt)
        .catch((err: unknown) => log.warn({ err }, 'A lease of an Idempotency-Key could not be renewed'))
    }, renewsEveryMs).unref()
    try {
      return await work()
    } finally {
      clearInterval(timer)
    }
  }

  async function run<T>(attempt: RequestAttempt, fingerprint: string, act: () => Promise<T>): Promise<T> {
    let answer: T
    try {
      answer = await renewing(attempt, () => database.joinCreation((tx) => stored.commit(tx, attempt), act))
    } catch (error) {
      // Nothing exists, so a repetition runs again. After a commit, the record stays without a lease.
      await stored.forget(attempt).catch((err: unknown) => log.warn({ err }, 'An Idempotency-Key could not be freed'))
      throw error
    }
    try {
      await stored.answer(attempt, { fingerprint, answer })
    } catch (err) {
      log.warn({ err }, 'The answer to an Idempotency-Key could not be stored')
    }
    return answer
  }

  function repeated(found: StoredRequest, fingerprint: string): { answer: unknown } {
    if (found.content && found.content.fingerprint !== fingerprint) throw new AppError('http.idempotency_key_reused')
    if (found.content && 'answer' in found.content) return { answer: found.content.answer }
    const now = clock.now().getTime()
    if (!found.isAnswered && found.leasedUntil.getTime() > now) {
      // As long as it has taken so far: repetitions wait for a slow action longer and longer.
      const elapsedMs = Math.max(0, now - found.begunAt.getTime())
      throw new AppError('http.idempotency_in_progress', {
        retryAfterSeconds: Math.max(1, Math.ceil(elapsedMs / 1000)),
      })
    }
    throw new AppError('http.idempotency_answer_lost')
  }

  return {
    async once<T>({ caller, route, key, fingerprint }: IdempotentRequest, act: () => Promise<T>) {
      const hash = createHash('sha256')
        .update(JSON.stringify([caller, route, key]))
        .digest()
      const begun = await stored.begin(hash, fingerprint)
      if ('attempt' in begun) return { answer: await run(begun.attempt, fingerprint, act), isRepeated: false }
      return { answer: repeated(begun.found, fingerprint).answer as T, isRepeated: true }
    },
  }
}
