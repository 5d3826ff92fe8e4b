import type { Clock } from '../../kernel/clock.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import { NoAnswerError, type PostToEndpoint } from './notifications-endpoint.ts'
import type { Outbox, Queued } from './notifications-outbox.ts'
import { createPaces } from './notifications-pace.ts'

/**
 * Brings notifications to their endpoints.
 *
 * 1. Whoever queues one never waits: sending happens later, one POST per endpoint at a time, and whatever came
 *    meanwhile goes into the next POST.
 * 2. Any 2xx within 3 seconds counts. Otherwise the same notifications are sent again with growing pauses, for up to
 *    4 hours; then they are lost and `onLost` hears of it.
 * 3. A notification leaves the outbox after its answer, so after a stop it may come twice but not never. Order is not
 *    promised.
 */
export interface Delivery {
  /** Later by `delayMs`, when a fault wants it so. */
  queue(url: string, notification: Pick<Queued, 'subscriptionId' | 'kind' | 'item'>, delayMs?: number): void
  /** Sends what is due at all endpoints; for the time after a start. */
  resume(): void
  /** Resolves when nothing is being sent; what waits for a later time still waits. */
  settled(): Promise<void>
  /** Cuts what is being sent; it is sent again after the next start. */
  close(): Promise<void>
}

export interface DeliveryDeps {
  outbox: Outbox
  clock: Clock
  deferred: Deferred
  post: PostToEndpoint
  /** A change of this subscription will never be told. */
  onLost: (subscriptionId: string) => void
  report: (error: unknown) => void
}

const PATIENCE_MS = 3000
const SECOND_MS = 1000
const FIRST_PAUSE_MS = 10 * SECOND_MS
const LONGEST_PAUSE_MS = 10 * 60 * SECOND_MS
const LIFETIME_MS = 4 * 60 * 60 * SECOND_MS
/** Not documented; Graph sends "many" in one POST. */
const MOST_PER_POST = 100
/** Not documented; so that an endpoint that is gone does not fill the file. */
const MOST_WAITING = 10_000

const RETRY = 'graph.notifications.retry'

export function createDelivery({ outbox, clock, deferred, post, onLost, report }: DeliveryDeps): Delivery {
  const paces = createPaces()
  const sending = new Map<string, Promise<void>>()
  const closing = new AbortController()

  deferred.handle(RETRY, ({ url }: { url: string }) => wake(url))

  function queue(url: string, notification: Pick<Queued, 'subscriptionId' | 'kind' | 'item'>, delayMs = 0): void {
    const now = clock.now().getTime()
    const pace = notification.kind === 'lifecycle' ? 'normal' : paces.of(url, now)
    if (pace === 'dropped' || outbox.count(url) >= MOST_WAITING) {
      if (notification.kind === 'change') onLost(notification.subscriptionId)
      return
    }
    const dueAt = now + Math.max(pace === 'delayed' ? LONGEST_PAUSE_MS : 0, delayMs)
    outbox.add(url, { ...notification, queuedAt: now, dueAt })
    if (dueAt > now) deferred.schedule(RETRY, new Date(dueAt), { url })
    else wake(url)
  }

  function wake(url: string): void {
    if (closing.signal.aborted || sending.has(url)) return
    // Not now but after the current work: a change of mail is told only when it is done, with its neighbors.
    const sent = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => sendAllDue(url))
      .catch(report)
      .finally(() => sending.delete(url))
    sending.set(url, sent)
  }

  async function sendAllDue(url: string): Promise<void> {
    while (!closing.signal.aborted) {
      const now = clock.now().getTime()
      const due = outbox.due(url, now, MOST_PER_POST)
      const lost = due.filter(({ attempts, queuedAt }) => attempts > 0 && now - queuedAt >= LIFETIME_MS)
      lose(lost)
      const batch = due.filter((each) => !lost.includes(each))
      if (batch.length > 0) await send(url, batch)
      else if (lost.length === 0) return
    }
  }

  async function send(url: string, batch: Queued[]): Promise<void> {
    const numbers = batch.map(({ number }) => number)
    const body = `{"value":[${batch.map(({ item }) => item).join(',')}]}`
    const startedAt = performance.now()
    const taken = await isTaken(url, body)
    // The database may be closed by now.
    if (closing.signal.aborted) return

    const now = clock.now().getTime()
    paces.record(url, now, batch.length, performance.now() - startedAt)
    if (taken) {
      outbox.remove(numbers)
      return
    }
    const attempts = Math.max(...batch.map((each) => each.attempts))
    const dueAt = now + Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS)
    outbox.retryAt(numbers, dueAt)
    deferred.schedule(RETRY, new Date(dueAt), { url })
  }

  async function isTaken(url: string, body: string): Promise<boolean> {
    try {
      const content = { type: 'application/json; charset=utf-8', body }
      const { status } = await post(url, content, { timeoutMs: PATIENCE_MS, signal: closing.signal })
      return status >= 200 && status <= 299
    } catch (error) {
      if (error instanceof NoAnswerError) return false
      throw error
    }
  }

  function lose(notifications: Queued[]): void {
    outbox.remove(notifications.map(({ number }) => number))
    const changes = notifications.filter(({ kind }) => kind === 'change')
    for (const id of new Set(changes.map(({ subscriptionId }) => subscriptionId))) onLost(id)
  }

  async function settled(): Promise<void> {
    while (sending.size > 0) await Promise.all(sending.values())
  }

  return {
    queue,
    resume: () => outbox.urls().forEach(wake),
    settled,
    async close() {
      closing.abort()
      await settled()
    },
  }
}
