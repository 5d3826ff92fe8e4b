import { randomUUID } from 'node:crypto'
import type { Database } from '../database/index.ts'
import { isStateChange, type EventKind, type Events, type StoredEvent } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { pauseFor } from '../kernel/pause.ts'
import { createRounds } from '../kernel/rounds.ts'
import type { Delivery } from './delivery.ts'
import { BATCH_TIMES, type BatchTimes, createClaimedWork } from './claimed-work.ts'
import { LEASE_MS, MOST_OF_ONE_ACCOUNT, type ClaimedRow } from './claims.ts'
import { OUTBOX_CHANNEL, type Outbox } from './outbox.ts'
import { Overtaken } from './submission-rows.ts'
import type { SendingWorker } from './submission.ts'

const MOST_AT_ONCE = 24
/** Maximum time between queries, even without notifications. */
const LONGEST_SLEEP_MS = 30_000
const AFTER_FAILURE_MS = 5000
/** Deadline of a round: a few queries per claim, each with its own limit (`database/limits.ts`). */
const PUMP_DEADLINE_MS = 2 * 60_000
/** Interval of lease checks. A timer for the lease would be late if the clock is moved. */
const LOOK_EVERY_MS = 500

/** Events after which a mailbox may be able to send again. */
const MENDING: readonly (EventKind | '%.state_changed')[] = [
  '%.state_changed',
  'email_account.principal_changed',
  'email_account.protocols_changed',
]

export interface SendingWorkerDeps {
  database: Database
  clock: Clock
  events: Events
  log: Log
  outbox: Outbox
  delivery: Delivery
  /** Records the start of sending outside the database. Returns false if the database was restored meanwhile. */
  mark?: (() => Promise<boolean>) | undefined
  /** Set by tests; default {@link BATCH_TIMES}. */
  times?: BatchTimes
}

type Opened = Awaited<ReturnType<Delivery['open']>>

/** Claims due submissions, a few at a time. Woken by NOTIFY, and by a timer for submissions due later. */
export function createSendingWorker(deps: SendingWorkerDeps): SendingWorker {
  const {
    database,
    clock,
    events,
    log,
    outbox,
    delivery,
    mark = () => Promise.resolve(true),
    times = BATCH_TIMES,
  } = deps
  const name = randomUUID()
  const work = createClaimedWork<Opened>({
    open: (id) => silenced(delivery.open(id)),
    mark: () => silenced(mark()),
    times,
    attend,
    handBack: (rows) => outbox.handBack(rows),
    ended: markEnd,
    done: (emailAccountId) => wake(emailAccountId),
    onError: (error, { id }) => log.error({ err: error, submission: id }, 'A submission was left for the next claim'),
  })
  const stops: (() => Promise<void>)[] = []
  let isMarkingAgain = false
  /** Mailboxes that may have due submissions, the most recently served last. */
  const hinted = new Set<EmailAccountId>()
  /** True if any mailbox may have due submissions. */
  let anywhere = false
  let stopping = false
  let resting: { until: number; ended: AbortController } | undefined

  const pumps = createRounds({
    name: 'submission.outbox',
    deadlineMs: PUMP_DEADLINE_MS,
    run: pump,
    onError(error) {
      log.warn({ err: error }, 'The outbox could not be read')
      // The abandoned round may have consumed hints.
      anywhere = true
    },
    isMoreDue: canClaim,
  })

  /**
   * A backup made after the last mark still contains the rows of an ended claim. This further mark proves that the backup
   * is older, so one that fails is repeated.
   */
  function markEnd(): void {
    mark().catch((error: unknown) => {
      log.warn({ err: error }, 'The end of sending could not be recorded outside the database')
      if (isMarkingAgain || stopping) return
      isMarkingAgain = true
      void pauseFor(AFTER_FAILURE_MS, { clock, ref: false }).then(() => {
        isMarkingAgain = false
        if (!stopping) markEnd()
      })
    })
  }

  function wake(emailAccountId?: EmailAccountId): void {
    if (stopping) return
    if (emailAccountId) hinted.add(emailAccountId)
    else anywhere = true
    if (!pumps.isRunning) pumps.poke()
  }

  /** A notification of held mail only sets the timer; no query is needed before its due time. */
  function hearOutbox(payload: string | undefined): void {
    const [emailAccountId, due] = payload?.split(' ') ?? []
    const inMs = Number(due) - clock.now().getTime()
    if (!emailAccountId) wake()
    else if (inMs > 0) rest(inMs)
    else wake(emailAccountId as EmailAccountId)
  }

  function canClaim(): boolean {
    if (stopping || work.started >= MOST_AT_ONCE) return false
    return anywhere || [...hinted].some((id) => work.worksAt(id) < MOST_OF_ONE_ACCOUNT)
  }

  async function pump(over: AbortSignal): Promise<void> {
    try {
      let isAllClaimed = false
      while (!over.aborted && canClaim()) isAllClaimed = await claimNext(over)
      if (over.aborted) return
      // The end of running work wakes the worker again.
      if (!isAllClaimed && resting) return
      resting?.ended.abort()
      resting = undefined
      rest(LONGEST_SLEEP_MS)
      if (work.started >= MOST_AT_ONCE) return
      const next = await outbox.nextDueAt(work.busy())
      // A row that is due and not claimed is being claimed by another worker.
      if (next) rest(Math.max(next.getTime() - clock.now().getTime(), 50))
    } catch (error) {
      log.warn({ err: error }, 'The outbox could not be read')
      hinted.clear()
      anywhere = false
      rest(AFTER_FAILURE_MS)
    }
  }

  /** Wakes the worker after this time at the latest. */
  function rest(ms: number): void {
    if (stopping) return
    const until = performance.now() + ms
    if (resting && resting.until <= until) return
    resting?.ended.abort()
    const ended = new AbortController()
    resting = { until, ended }
    void pauseFor(ms, { clock, signal: ended.signal, ref: false }).then(
      () => {
        if (resting?.ended === ended) resting = undefined
        wake()
      },
      () => undefined,
    )
  }

  /** @returns true if the mailboxes checked have nothing due. Mailboxes notified meanwhile are checked again. */
  async function claimNext(over: AbortSignal): Promise<boolean> {
    const free = [...hinted].filter((id) => work.worksAt(id) < MOST_OF_ONE_ACCOUNT)
    const isAnywhere = anywhere
    const looked = isAnywhere ? free : free.slice(0, 1)
    anywhere = false
    for (const id of looked) hinted.delete(id)
    const choice = isAnywhere
      ? { ...work.busy(), batchSizes: work.batchSizes }
      : { onlyOf: looked[0]!, batchSizes: work.batchSizeOf(looked[0]!) }
    const rows = await outbox.claimBatch(name, { submissions: work.ids(), ...choice })
    // Claimed too late to rely on the lease. The rows are due again when the lease ends.
    if (rows.length === 0 || over.aborted) return true
    if (isAnywhere) anywhere = true
    for (const id of looked) hinted.add(id)
    work.add(rows)
    return false
  }

  /** Renews the lease while the work runs. */
  async function attend(row: ClaimedRow, opening: Promise<Opened>, marked: Promise<boolean>): Promise<boolean> {
    let renewedAt = clock.now().getTime()
    const beat = setInterval(() => {
      const now = clock.now().getTime()
      if (now - renewedAt < LEASE_MS / 3) return
      renewedAt = now
      void outbox.renew(row).catch(() => undefined)
    }, LOOK_EVERY_MS)
    try {
      if (await marked) return await delivery.deliver(row, opening)
      await outbox.save(row, {}, { release: true })
      return false
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
      log.info({ submission: row.id }, 'Another worker took over a submission')
      return false
    } finally {
      clearInterval(beat)
    }
  }

  /** Retries held mail at once after an event that may have ended its hold. */
  async function hear(event: StoredEvent): Promise<void> {
    const { kind, subjectId } = event
    if (isStateChange(event) && event.payload.to !== 'connected' && event.payload.to !== 'importing') {
      // A paused mailbox sends nothing more of a claim.
      if (kind.startsWith('email_account.')) work.handBack(subjectId as EmailAccountId)
      return
    }
    if (kind.startsWith('email_account.')) await outbox.release({ emailAccountId: subjectId as EmailAccountId })
    else if (kind.startsWith('grant.')) await outbox.release({ grantId: subjectId as GrantId })
    else await outbox.release({ cloudProviderId: subjectId as CloudProviderId })
    wake()
  }

  return {
    async start() {
      pumps.start()
      stops.push(await database.listen(OUTBOX_CHANNEL, hearOutbox))
      for (const kindLike of MENDING) {
        stops.push(
          await events.subscribe({ emailAccountIds: 'all', kindLike }, hear, (error) => {
            if (!stopping) log.warn({ err: error }, 'The outbox receives no more events and looks by itself')
          }),
        )
      }
      wake()
    },
    async stop() {
      stopping = true
      resting?.ended.abort()
      await Promise.all(stops.map((stop) => stop()))
      await pumps.stop()
      await work.stop()
    },
  }
}

/** Keeps the error for those who await it; without any, it would end the process. */
function silenced<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
