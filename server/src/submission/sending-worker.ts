import { randomUUID } from 'node:crypto'
import type { Database } from '../database/index.ts'
import type { Events, StoredEvent } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { pauseFor } from '../kernel/pause.ts'
import type { Delivery } from './delivery.ts'
import { LEASE_MS, MOST_OF_ONE_ACCOUNT, OUTBOX_CHANNEL, Overtaken, type Outbox, type SubmissionRow } from './outbox.ts'
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
}

/** Claims what is due, a few at a time, woken by NOTIFY and by a timer for what is due later. */
export function createSendingWorker(deps: SendingWorkerDeps): SendingWorker {
  const { database, clock, events, log, outbox, delivery } = deps
  const name = randomUUID()
  const running = new Map<SubmissionId, { work: Promise<void>; emailAccountId: EmailAccountId }>()
  const stops: (() => Promise<void>)[] = []
  let pumping: Promise<void> | undefined
  let wokenMeanwhile = false
  let stopping = false
  let resting: AbortController | undefined

  function wake(): void {
    if (stopping) return
    wokenMeanwhile = true
    pumping ??= pump().finally(() => {
      pumping = undefined
      if (wokenMeanwhile) wake()
    })
  }

  async function pump(): Promise<void> {
    resting?.abort()
    let sleepMs = LONGEST_SLEEP_MS
    try {
      while (wokenMeanwhile && !stopping) {
        wokenMeanwhile = false
        await claimAll()
      }
      const next = await outbox.nextDueAt()
      // A row that is due and not claimed is somebody else's at this moment.
      if (next) sleepMs = Math.min(Math.max(next.getTime() - clock.now().getTime(), 50), LONGEST_SLEEP_MS)
    } catch (error) {
      log.warn({ err: error }, 'The outbox could not be read')
      sleepMs = AFTER_FAILURE_MS
    }
    rest(sleepMs)
  }

  function rest(ms: number): void {
    if (stopping) return
    resting = new AbortController()
    void pauseFor(ms, { clock, signal: resting.signal, ref: false }).then(wake, () => undefined)
  }

  async function claimAll(): Promise<void> {
    while (!stopping && running.size < MOST_AT_ONCE) {
      const row = await outbox.claim(name, { submissions: [...running.keys()], emailAccounts: busyAccounts() })
      if (!row) return
      const work = attend(row)
        .catch((error: unknown) => {
          log.error({ err: error, submission: row.id }, 'A submission was left for the next claim')
        })
        .finally(() => {
          running.delete(row.id)
          wake()
        })
      running.set(row.id, { work, emailAccountId: row.email_account_id })
    }
  }

  function busyAccounts(): EmailAccountId[] {
    const counts = new Map<EmailAccountId, number>()
    for (const { emailAccountId } of running.values()) {
      counts.set(emailAccountId, (counts.get(emailAccountId) ?? 0) + 1)
    }
    return [...counts].flatMap(([id, count]) => (count >= MOST_OF_ONE_ACCOUNT ? [id] : []))
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
      await delivery.deliver(row)
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
      log.info({ submission: row.id }, 'Somebody else took over a submission')
    } finally {
      clearInterval(beat)
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
      stops.push(await database.listen(OUTBOX_CHANNEL, wake))
      stops.push(
        await events.subscribe({ emailAccountIds: 'all', kindLike: 'email_account.state_changed' }, hear, (error) => {
          if (!stopping) log.warn({ err: error }, 'The outbox hears no events any more and looks by itself')
        }),
      )
      wake()
    },
    async stop() {
      stopping = true
      resting?.abort()
      await Promise.all(stops.map((stop) => stop()))
      await pumping
      await Promise.all([...running.values()].map(({ work }) => work))
    },
  }
}
