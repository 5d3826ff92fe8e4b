import type { Clock } from '../../kernel/clock.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import { NoAnswerError, type PostToEndpoint } from './notifications-endpoint.ts'
import type { Outbox, Queued } from './notifications-outbox.ts'
import { createPaces } from './notifications-pace.ts'

/**
 * Delivers notifications to their endpoints.
 *
 * 1. Queueing never waits: sending happens later, one POST per endpoint at a time. Notifications queued meanwhile go
 *    into the next POST.
 * 2. Any 2xx within 3 seconds is a success. Otherwise the same notifications are sent again with backoff, for up to 4
 *    hours. Then they are lost and `onLost` is called.
 * 3. A notification is removed from the outbox after the response. After a stop it can therefore arrive twice, but is
 *    never lost. Order is not guaranteed.
 */
export interface Delivery {
  /** Queues a notification; `delayMs` delays it for a fault. */
  queue(url: string, notification: Pick<Queued, 'subscriptionId' | 'kind' | 'item'>, delayMs?: number): void
  /** Sends all due notifications; called after a start. */
  resume(): void
  /** Resolves when no request is running; notifications due later stay queued. */
  settled(): Promise<void>
  /** Aborts running requests; their notifications are sent again after the next start. */
  close(): Promise<void>
}

export interface DeliveryDeps {
  outbox: Outbox
  clock: Clock
  deferred: Deferred
  post: PostToEndpoint
  /** Called when a change notification of this subscription is finally lost. */
  onLost: (subscriptionId: string) => void
  report: (error: unknown) => void
}

const PATIENCE_MS = 3000
const SECOND_MS = 1000
const FIRST_PAUSE_MS = 10 * SECOND_MS
const LONGEST_PAUSE_MS = 10 * 60 * SECOND_MS
const LIFETIME_MS = 4 * 60 * 60 * SECOND_MS
/** Undocumented; Graph sends "many" in one POST. */
const MOST_PER_POST = 100
/** Undocumented; limits the growth of the file when an endpoint is gone. */
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
    // Runs after the current work, so that a change is committed before its notification, and related changes share a
    // POST.
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
    // The database may already be closed.
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
