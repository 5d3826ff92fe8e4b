import { randomUUID } from 'node:crypto'
import type { Database } from '../database/index.ts'
import type { Events, StoredEvent } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { pauseFor } from '../kernel/pause.ts'
import type { Delivery } from './delivery.ts'
import { LEASE_MS, MOST_OF_ONE_ACCOUNT } from './claims.ts'
import { OUTBOX_CHANNEL, type Outbox } from './outbox.ts'
import { Overtaken, type SubmissionRow } from './submission-rows.ts'
import type { SendingWorker } from './submission.ts'

const MOST_AT_ONCE = 24
/** The table is looked at this often whatever was heard. */
const LONGEST_SLEEP_MS = 30_000
const AFTER_FAILURE_MS = 5000
/** How often a claim is looked after. The clock may have been moved, and the lease is over sooner than by a timer. */
const LOOK_EVERY_MS = 500

export interface SendingWorkerDeps {
  database: Database
  clock: Clock
  events: Events
  log: Log
  outbox: Outbox
  delivery: Delivery
  /** Records outside the database that something is about to be sent. False when the database was restored meanwhile. */
  mark?: (() => Promise<boolean>) | undefined
}

/** Claims what is due, a few at a time, woken by NOTIFY and by a timer for what is due later. */
export function createSendingWorker(deps: SendingWorkerDeps): SendingWorker {
  const { database, clock, events, log, outbox, delivery, mark = () => Promise.resolve(true) } = deps
  const name = randomUUID()
  const running = new Map<SubmissionId, { work: Promise<void>; emailAccountId: EmailAccountId }>()
  const stops: (() => Promise<void>)[] = []
  /** Mailboxes that may have something due, those that had their turn last at the end. */
  const hinted = new Set<EmailAccountId>()
  /** Something may be due at mailboxes of which nobody told. */
  let anywhere = false
  let pumping: Promise<void> | undefined
  let stopping = false
  let resting: { until: number; ended: AbortController } | undefined

  function wake(emailAccountId?: EmailAccountId): void {
    if (stopping) return
    if (emailAccountId) hinted.add(emailAccountId)
    else anywhere = true
    pumping ??= pump().finally(() => {
      pumping = undefined
      if (canClaim()) wake([...hinted][0])
    })
  }

  /** Of what is held nothing need be asked before its time. */
  function hearOutbox(payload: string | undefined): void {
    const [emailAccountId, due] = payload?.split(' ') ?? []
    const inMs = Number(due) - clock.now().getTime()
    if (!emailAccountId) wake()
    else if (inMs > 0) rest(inMs)
    else wake(emailAccountId as EmailAccountId)
  }

  function canClaim(): boolean {
    if (stopping || running.size >= MOST_AT_ONCE) return false
    return anywhere || [...hinted].some((id) => worksAt(id) < MOST_OF_ONE_ACCOUNT)
  }

  async function pump(): Promise<void> {
    try {
      let isAllClaimed = false
      while (canClaim()) isAllClaimed = await claimNext()
      // The end of what is under way wakes us again.
      if (!isAllClaimed && resting) return
      resting?.ended.abort()
      resting = undefined
      rest(LONGEST_SLEEP_MS)
      if (running.size >= MOST_AT_ONCE) return
      const next = await outbox.nextDueAt(busyAccounts())
      // A row that is due and not claimed is somebody else's at this moment.
      if (next) rest(Math.max(next.getTime() - clock.now().getTime(), 50))
    } catch (error) {
      log.warn({ err: error }, 'The outbox could not be read')
      hinted.clear()
      anywhere = false
      rest(AFTER_FAILURE_MS)
    }
  }

  /** Wakes us after so long at the latest. */
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

  /** @returns whether nothing is due any more where was looked. What is told meanwhile is looked at again. */
  async function claimNext(): Promise<boolean> {
    const free = [...hinted].filter((id) => worksAt(id) < MOST_OF_ONE_ACCOUNT)
    const isAnywhere = anywhere
    const looked = isAnywhere ? free : free.slice(0, 1)
    anywhere = false
    for (const id of looked) hinted.delete(id)
    const choice = isAnywhere ? { emailAccounts: busyAccounts() } : { onlyOf: looked[0]! }
    const row = await outbox.claim(name, { submissions: [...running.keys()], ...choice })
    if (!row) return true
    if (isAnywhere) anywhere = true
    for (const id of looked) hinted.add(id)
    work(row)
    return false
  }

  function work(row: SubmissionRow): void {
    const { id, email_account_id: emailAccountId } = row
    const done = attend(row)
      .catch((error: unknown) => {
        log.error({ err: error, submission: id }, 'A submission was left for the next claim')
      })
      .finally(() => {
        running.delete(id)
        wake(emailAccountId)
      })
    running.set(id, { work: done, emailAccountId })
  }

  function worksAt(id: EmailAccountId): number {
    return [...running.values()].filter(({ emailAccountId }) => emailAccountId === id).length
  }

  function busyAccounts(): EmailAccountId[] {
    const accounts = new Set([...running.values()].map(({ emailAccountId }) => emailAccountId))
    return [...accounts].filter((id) => worksAt(id) >= MOST_OF_ONE_ACCOUNT)
  }

  /** Keeps the claim alive while the work takes its time. */
  async function attend(row: SubmissionRow): Promise<void> {
    let renewedAt = clock.now().getTime()
    const beat = setInterval(() => {
      const now = clock.now().getTime()
      if (now - renewedAt < LEASE_MS / 3) return
      renewedAt = now
      void outbox.renew(row).catch(() => undefined)
    }, LOOK_EVERY_MS)
    try {
      if (await mark()) await delivery.deliver(row)
      else await outbox.save(row, {}, { release: true })
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
      log.info({ submission: row.id }, 'Somebody else took over a submission')
    } finally {
      clearInterval(beat)
      // A backup made since the first mark still has the row, and is older than this one.
      void mark().catch(() => undefined)
    }
  }

  /** The account can send again: what waited for that need not wait for its turn. */
  async function hear({ kind, emailAccountId, payload }: StoredEvent): Promise<void> {
    if (kind !== 'email_account.state_changed' || emailAccountId === undefined) return
    if (payload.to === 'connected' || payload.to === 'importing') await outbox.hurry(emailAccountId)
    wake()
  }

  return {
    async start() {
      stops.push(await database.listen(OUTBOX_CHANNEL, hearOutbox))
      stops.push(
        await events.subscribe({ emailAccountIds: 'all', kindLike: 'email_account.state_changed' }, hear, (error) => {
          if (!stopping) log.warn({ err: error }, 'The outbox hears no events any more and looks by itself')
        }),
      )
      wake()
    },
    async stop() {
      stopping = true
      resting?.ended.abort()
      await Promise.all(stops.map((stop) => stop()))
      await pumping
      await Promise.all([...running.values()].map(({ work }) => work))
    },
  }
}
