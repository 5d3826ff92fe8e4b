import type { Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { Installation } from '../incidents/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { effectOf } from './effect.ts'

/** Shorter failures are restarts and network blips. */
const RECORDED_AFTER_MS = 15_000

interface Outage {
  since: Date
  endedAt: Date
}

/**
 * Remembers in memory since when the database has not answered, which the database cannot store, and records a closed
 * incident when it answers again.
 */
export function createOutageWatch(deps: {
  db: Kysely<Schema>
  clock: Clock
  monotonic: () => number
  installation: Pick<Installation, 'record'>
}) {
  const { db, clock, monotonic, installation } = deps
  let last = { at: clock.now(), monotonicAt: monotonic() }
  let isFailing = false
  /** Kept until they are recorded: the database may go away again. */
  const unrecorded: Outage[] = []

  function failed(): void {
    isFailing = true
  }

  async function succeeded(): Promise<void> {
    const now = { at: clock.now(), monotonicAt: monotonic() }
    if (isFailing && now.monotonicAt - last.monotonicAt >= RECORDED_AFTER_MS) {
      unrecorded.push({ since: last.at, endedAt: now.at })
    }
    isFailing = false
    last = now
    for (const outage of [...unrecorded]) {
      await installation.record({
        code: 'installation.database_away',
        ...outage,
        detail: await effectOf(db, outage.since, outage.endedAt),
      })
      unrecorded.splice(unrecorded.indexOf(outage), 1)
    }
  }

  return { failed, succeeded }
}
