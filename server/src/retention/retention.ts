import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import { HEALTH_KINDS } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const SWEEP_EVERY_MS = 60 * 60 * 1000
const SWEEP_LIMIT_MS = 10 * 60 * 1000
/** Maximum rows per transaction: short enough not to block others. */
const BATCH_ROWS = 2000

export interface RetentionDeps {
  database: Database
  clock: Clock
  log: Log
  /** Age in days at which events, read records and alerts of closed incidents are deleted. */
  days: number
  /** Interval between checks in milliseconds, for tests. */
  batchRows?: number
}

/** Literals, so the planner can use the partial index. */
const healthKinds = sql.join(HEALTH_KINDS.map((kind) => sql.lit(kind)))

export interface Deleted {
  events: number
  proofs: number
  alerts: number
}

export interface Retention {
  start(): void
  stop(): Promise<void>
  /** Deletes all due rows now, for tests. */
  sweep(over?: AbortSignal): Promise<Deleted | undefined>
}

/** Deletes old events, read records and alerts once an hour, in small transactions, in one process at a time. */
export function createRetention({ database, clock, log, days, batchRows = BATCH_ROWS }: RetentionDeps): Retention {
  const { db } = database
  const ticker = createTicker({
    name: 'retention.sweep',
    clock,
    everyMs: SWEEP_EVERY_MS,
    deadlineMs: SWEEP_LIMIT_MS,
    async run(over) {
      await sweep(over)
    },
    onError: (err) => log.warn({ err }, 'Old rows could not be deleted'),
  })

  async function sweep(over = new AbortController().signal): Promise<Deleted | undefined> {
    const swept = await database.tryLock('retention', async (lost) => {
      const before = new Date(clock.now().getTime() - days * DAY_MS)
      const end = AbortSignal.any([over, lost])
      return {
        events: await deleteEvents(before, end),
        proofs: await repeat(() => deleteProofs(before), end),
        alerts: await repeat(() => deleteAlerts(before), end),
      }
    })
    if (!swept.locked) return undefined
    if (Object.values(swept.result).some((count) => count > 0)) log.info(swept.result, 'Old rows were deleted')
    return swept.result
  }

  /** Deletes events by id, which follows time, so a sweep ends at the first batch that is entirely new enough. */
  async function deleteEvents(before: Date, end: AbortSignal): Promise<number> {
    let deleted = 0
    for (let after = 0; !end.aborted;) {
      const { rows } = await sql<{ last: number | null; young: boolean | null; deleted: number }>`
        WITH batch AS (SELECT id, kind, subject_id, at FROM events WHERE id > ${after} ORDER BY id LIMIT ${batchRows}),
        gone AS (
          DELETE FROM events USING batch
          WHERE events.id = batch.id AND batch.at < ${before}
            -- The newest event tells when this database was last active.
            AND batch.id < (SELECT max(id) FROM events)
            -- The health of a day begins with the last state before it.
            AND (batch.kind NOT IN (${healthKinds})
              OR EXISTS (SELECT FROM events AS later
                WHERE later.subject_id = batch.subject_id AND later.kind = batch.kind
                  AND later.kind IN (${healthKinds})
                  AND later.at < ${before} AND (later.at, later.id) > (batch.at, batch.id)))
          RETURNING 1)
        SELECT max(id)::float8 AS last, bool_and(at >= ${before}) AS young,
          (SELECT count(*) FROM gone)::float8 AS deleted FROM batch`.execute(db)
      const { last, young, deleted: count } = rows[0]!
      deleted += count
      if (last === null || young) break
      after = last
    }
    return deleted
  }

  /** Deletes read records. The newest of each mailbox stays, because the next one continues it. */
  async function deleteProofs(before: Date): Promise<number> {
    const { numAffectedRows } = await sql`DELETE FROM proofs_of_life WHERE (email_account_id, from_at) IN (
      SELECT email_account_id, from_at FROM proofs_of_life AS old
      WHERE to_at < ${before} AND EXISTS (SELECT FROM proofs_of_life AS later
        WHERE later.email_account_id = old.email_account_id AND later.from_at > old.from_at)
      LIMIT ${batchRows})`.execute(db)
    return Number(numAffectedRows ?? 0)
  }

  /**
   * Deletes alerts of closed incidents with all deliveries settled. Other alerts stay: their keys prevent a second
   * warning about an expiring secret.
   */
  async function deleteAlerts(before: Date): Promise<number> {
    const { numAffectedRows } = await sql`DELETE FROM alerts WHERE id IN (
      SELECT alerts.id FROM alerts JOIN incidents ON incidents.id = alerts.incident_id
      WHERE alerts.created_at < ${before} AND incidents.closed_at < ${before}
        AND NOT EXISTS (SELECT FROM alert_deliveries
          WHERE alert_id = alerts.id AND state IN ('waiting', 'handing-over'))
      LIMIT ${batchRows})`.execute(db)
    return Number(numAffectedRows ?? 0)
  }

  async function repeat(deleteBatch: () => Promise<number>, end: AbortSignal): Promise<number> {
    let deleted = 0
    while (!end.aborted) {
      const count = await deleteBatch()
      deleted += count
      if (count < batchRows) break
    }
    return deleted
  }

  return { start: () => ticker.start(), stop: () => ticker.stop(), sweep }
}
