import { deleteSettledActions } from '../account-actions/index.ts'
import { deleteOldAlerts } from '../alerts/index.ts'
import { deleteDiscardedDrafts } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import { deleteOldProofs } from '../email-accounts/index.ts'
import { deleteOldEvents } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Time in which discarding a draft can be undone. */
const DISCARDED_MS = DAY_MS
/** Time after which Postkey forgets the read mark and the folder that it gave a message. */
const SETTLED_MS = 30 * DAY_MS
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
  /** Rows per transaction, for tests. */
  batchRows?: number
}

export interface Deleted {
  events: number
  proofs: number
  alerts: number
  /** Drafts that were discarded a day ago. */
  drafts: number
  /** Mailbox actions that were settled 30 days ago. */
  actions: number
}

export interface Retention {
  start(): void
  stop(): Promise<void>
  /** Deletes all due rows now, for tests. */
  sweep(over?: AbortSignal): Promise<Deleted | undefined>
}

/**
 * Deletes old events, read records, alerts, discarded drafts and settled mailbox actions once an hour, in small
 * transactions, in one process at a time.
 */
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
      const discardedBefore = new Date(clock.now().getTime() - DISCARDED_MS)
      const settledBefore = new Date(clock.now().getTime() - SETTLED_MS)
      const end = AbortSignal.any([over, lost])
      return {
        events: await deleteOldEvents(db, before, batchRows, end),
        proofs: await repeat(() => deleteOldProofs(db, before, batchRows), end),
        alerts: await repeat(() => deleteOldAlerts(db, before, batchRows), end),
        drafts: await repeat(() => deleteDiscardedDrafts(db, discardedBefore, batchRows), end),
        actions: await repeat(() => deleteSettledActions(db, settledBefore, batchRows), end),
      }
    })
    if (!swept.locked) return undefined
    if (Object.values(swept.result).some((count) => count > 0)) log.info(swept.result, 'Old rows were deleted')
    return swept.result
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
