import { requireMigrated, withAnswerLimit, type Database } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { readOldestProof } from '../../sync/index.ts'

/** Documented time limit of `/readyz` and `/healthz`. */
export const READY_WITHIN_MS = 2_000

export interface Readiness {
  now: Date
  /** Last read of the least recently read mailbox, without paused ones; undefined without mailboxes. */
  oldestProofAt: Date | undefined
}

/**
 * Checks that this process can serve requests: it is not ending, and within two seconds its database responds and has
 * the migrations of this code. More migrations are those of a newer version that has started beside this one in a rolling
 * upgrade: each states why the previous version may run beside it, and without this one no server would be ready until
 * the new one is. All concurrent callers share one query, so that probes never exhaust the pool of a
 * silent database.
 */
export function createReadiness(deps: {
  database: Pick<Database, 'db'>
  clock: Clock
  isEnding: () => boolean
  withinMs?: number
}) {
  const { database, clock, isEnding, withinMs = READY_WITHIN_MS } = deps
  let asking: Promise<Date | undefined> | undefined

  async function ask(): Promise<Date | undefined> {
    await requireMigrated(database).catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === 'database.newer_than_code')) throw error
    })
    return readOldestProof(database.db)
  }

  return async function check(): Promise<Readiness> {
    if (isEnding()) throw new AppError('http.ending')
    asking ??= withAnswerLimit(withinMs, ask).finally(() => (asking = undefined))
    const oldestProofAt = await Promise.race([asking, tooLate(withinMs)])
    return { now: clock.now(), oldestProofAt }
  }
}

export function secondsSinceProof({ now, oldestProofAt }: Readiness): number | null {
  return oldestProofAt ? Math.max(0, Math.round((now.getTime() - oldestProofAt.getTime()) / 1000)) : null
}

export function tooLate(ms: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(
      () => reject(new AppError('database.unavailable', { detail: `No answer within ${ms / 1000} s` })),
      ms,
    ).unref()
  })
}
