import { deleteSettledActions } from '../account-actions/index.ts'
import { deleteOldAlerts } from '../alerts/index.ts'
import type { AuditLog } from '../audit/index.ts'
import { deleteDiscardedDrafts, type DeletedMail, type ErasureOfMail } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import { deleteOldProofs, type EmailAccounts } from '../email-accounts/index.ts'
import { deleteOldEvents, type Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { InteractiveRequests } from '../kernel/interactive-requests.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import { type AccountSizes, createAccountSizes } from './account-sizes.ts'
import { deleteExpiredAttempts } from '../people/index.ts'
import { daysAgo } from './ages.ts'
import { createErasureRun } from './erasure/erasure-run.ts'
import { createErasures, type Erasures } from './erasure/erasures.ts'
import { createBackgroundPace, type BackgroundPace } from './background-pace.ts'
import { beginRound } from './hourly-rounds.ts'
import { createMailRetention } from './mail-retention.ts'
import { createRecordsRetention } from './records-retention.ts'
import { createPreviews, type RetentionPreviews } from './retention-previews.ts'
import { createRetentionSettings, type RetentionSettings } from './retention-settings.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Counts of wrong passwords are kept for a day after they expired, because clocks of servers differ. */
const EXPIRED_MS = DAY_MS
/** Time in which discarding a draft can be undone. */
const DISCARDED_MS = DAY_MS
/** Time after which Postkey forgets the read mark and the folder that it gave a message. */
const SETTLED_MS = 30 * DAY_MS
const SWEEP_EVERY_MS = 60 * 60 * 1000
/** A round ends at half of it and leaves the rest to the next one. */
const ROUND_DEADLINE_MS = 20 * 60 * 1000
/** Part of a round for the deletion of mail, so that time is left to count it. */
const MAIL_MS = 8 * 60 * 1000
/** An erasure that is started in this process begins at once; one that another process left, within this time. */
const ERASE_EVERY_MS = 60 * 1000
/** Maximum rows per transaction: short enough not to block others. */
const BATCH_ROWS = 2000

export interface RetentionDeps {
  database: Database
  clock: Clock
  log: Log
  events: Events
  audit: AuditLog
  emailAccounts: Pick<EmailAccounts, 'list' | 'ignoreMailBefore'>
  mail: ErasureOfMail
  /** Requests in this process, which come first. */
  requests?: InteractiveRequests | undefined
  /** Age in days at which events, read records and alerts are deleted, unless an admin set another. */
  days: number
  /** Pauses between batches, for tests. */
  pace?: BackgroundPace
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
  /** Counts of wrong passwords that had expired. */
  signInAttempts: number
  auditEntries: number
  /** Sessions and links that ended. */
  signIns: number
  mail: DeletedMail
}

export interface Retention {
  settings: RetentionSettings
  previews: RetentionPreviews
  sizes: AccountSizes
  erasures: Erasures
  /** Age in days of events and alerts while no admin set another. */
  defaultDays: number
  start(): void
  stop(): Promise<void>
  /** Continues the running erasure now, for tests. */
  erase(over?: AbortSignal): Promise<boolean>
  /** Deletes all due rows now, for tests. */
  sweep(over?: AbortSignal): Promise<Deleted | undefined>
}

/**
 * Deletes old events, read records, alerts, discarded drafts and settled mailbox actions once an hour, and data with a
 * retention set by an admin, in small transactions, in one process at a time.
 */
export function createRetention(deps: RetentionDeps): Retention {
  const { database, clock, log, audit, days, batchRows = BATCH_ROWS } = deps
  const { db } = database
  const pace = deps.pace ?? createBackgroundPace(deps.requests)
  const settings = createRetentionSettings(database, audit)
  const sizes = createAccountSizes({ ...deps, pace })
  const mailRetention = createMailRetention({ ...deps, settings, pace })
  const recordsRetention = createRecordsRetention({ ...deps, batchRows })
  const ending = new AbortController()
  const ticker = createTicker({
    name: 'retention.sweep',
    clock,
    everyMs: SWEEP_EVERY_MS,
    deadlineMs: ROUND_DEADLINE_MS,
    async run(over, late) {
      await sweep(AbortSignal.any([over, late]), true)
    },
    onError: (err) => log.warn({ err }, 'Old rows could not be deleted'),
  })

  const erasureRun = createErasureRun({ ...deps, pace })
  const erasureTicker = createTicker({
    name: 'retention.erasure',
    clock,
    everyMs: ERASE_EVERY_MS,
    deadlineMs: ROUND_DEADLINE_MS,
    async run(over, late) {
      await erase(AbortSignal.any([over, late]))
    },
    onError: (err) => log.warn({ err }, 'The erasure of a person could not be continued'),
  })

  async function erase(over = new AbortController().signal): Promise<boolean> {
    const done = await database.tryLock('erasure', (lost) =>
      erasureRun.run(AbortSignal.any([over, lost, ending.signal])),
    )
    return done.locked && done.result
  }

  async function sweep(over = new AbortController().signal, hourly = false): Promise<Deleted | undefined> {
    const swept = await database.tryLock('retention', async (lost) => {
      const now = clock.now()
      if (hourly && !(await beginRound(database, now))) return undefined
      const ages = await settings.ofInstallation()
      const before = (set = days) => daysAgo(now, set)
      const discardedBefore = new Date(clock.now().getTime() - DISCARDED_MS)
      const settledBefore = new Date(clock.now().getTime() - SETTLED_MS)
      const attemptsBefore = new Date(now.getTime() - EXPIRED_MS)
      const end = AbortSignal.any([over, lost, ending.signal])
      return {
        events: await deleteOldEvents(db, before(ages.eventsDays), batchRows, end),
        proofs: await repeat(() => deleteOldProofs(db, before(), batchRows), end),
        alerts: await repeat(() => deleteOldAlerts(db, before(ages.alertsDays), batchRows), end),
        drafts: await repeat(() => deleteDiscardedDrafts(db, discardedBefore, batchRows), end),
        actions: await repeat(() => deleteSettledActions(db, settledBefore, batchRows), end),
        signInAttempts: await repeat(() => deleteExpiredAttempts(db, attemptsBefore, batchRows), end),
        ...(await recordsRetention.run(ages, end)),
        mail: await deleteThenCountMail(end),
      }
    })
    if (!swept.locked || !swept.result) return undefined
    const { mail, ...counts } = swept.result
    if (Object.values({ ...counts, ...mail }).some((count) => count > 0))
      log.info(swept.result, 'Old rows were deleted')
    return swept.result
  }

  async function deleteThenCountMail(end: AbortSignal): Promise<DeletedMail> {
    const deleted = await mailRetention.run(AbortSignal.any([end, AbortSignal.timeout(MAIL_MS)]))
    await sizes.count(end).catch((err: unknown) => log.warn({ err }, 'Mail was not counted'))
    return deleted
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

  return {
    settings,
    previews: createPreviews({ database, clock, days }),
    sizes,
    defaultDays: days,
    erasures: createErasures({ ...deps, onStart: () => erasureTicker.poke() }),
    start() {
      ticker.start()
      erasureTicker.start()
    },
    async stop() {
      ending.abort()
      await Promise.all([ticker.stop(), erasureTicker.stop()])
    },
    erase,
    sweep: (over) => sweep(over),
  }
}
