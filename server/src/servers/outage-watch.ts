import type { Installation } from '../incidents/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { describeEffect, type EffectCounts } from './effect.ts'

/** Minimum duration of a recorded outage: shorter failures are restarts and network problems. */
const RECORDED_AFTER_MS = 15_000

interface Outage {
  since: Date
  endedAt: Date
}

/**
 * Tracks a database outage in memory, because the database can't store its start. Records a closed incident when the
 * database answers again.
 */
export function createOutageWatch(deps: {
  counts: EffectCounts
  clock: Clock
  monotonic: () => number
  installation: Pick<Installation, 'record'>
}) {
  const { counts, clock, monotonic, installation } = deps
  let lastAnswerAt = monotonic()
  /** Start of the first failed heartbeat. */
  let since: Date | undefined
  /** Kept until recorded: the database may fail again. */
  const unrecorded: Outage[] = []

  function failed(beganAt: Date): void {
    since ??= beganAt
  }

  async function succeeded(): Promise<void> {
    const now = monotonic()
    if (since && now - lastAnswerAt >= RECORDED_AFTER_MS) unrecorded.push({ since, endedAt: clock.now() })
    since = undefined
    lastAnswerAt = now
    for (const outage of [...unrecorded]) {
      await installation.record({
        code: new AppError('installation.database_away').code,
        ...outage,
        detail: await describeEffect(counts, outage.since, outage.endedAt),
      })
      unrecorded.splice(unrecorded.indexOf(outage), 1)
    }
  }

  return { failed, succeeded }
}
