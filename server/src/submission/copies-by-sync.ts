import type { EmailAccountId } from '../kernel/ids.ts'

/** Handovers within `gatherMs` from which a round of sync is cheaper than a search for each copy. */
const MANY = 3
/** Delay of the search for a copy that a requested round of sync should find. */
export const SEARCH_AFTER_MS = 30_000

export interface CopiesBySyncOptions {
  /** Makes the mailbox due for sync. Absent without sync. */
  wakeSync?: ((emailAccountId: EmailAccountId) => Promise<void>) | undefined
  /** Time between two rounds. A round reads each chosen folder, and Graph limits a mailbox to 10,000 requests in 10 minutes. */
  gatherMs?: number
  /** Time without many handovers after which a last round files late copies. */
  lateMs?: number
}

interface Handovers {
  /** Since the current period of `gatherMs` began; 0 before the next one. */
  now: number
  /** Since the last check of a burst. */
  recent: number
  isBurst: boolean
}

/**
 * Requests rounds of sync for mailboxes that hand over many messages. A round files all their copies together; a search
 * by the worker takes a claim, a request and a transaction for each copy.
 */
export function createCopiesBySync({ wakeSync, gatherMs = 5000, lateMs = 5000 }: CopiesBySyncOptions) {
  const handovers = new Map<EmailAccountId, Handovers>()

  /** Counts a handover. Returns the delay of the search for its copy: `usualMs` without a round of sync. */
  function searchAfterMs(id: EmailAccountId, usualMs: number): number {
    return usualMs > 0 && isOneOfMany(id) ? Math.max(usualMs, SEARCH_AFTER_MS) : usualMs
  }

  /** Counts a copy. Returns true if a requested round of sync files it together with others. */
  function isOneOfMany(id: EmailAccountId): boolean {
    if (!wakeSync) return false
    const counted = handovers.get(id) ?? { now: 0, recent: 0, isBurst: false }
    handovers.set(id, counted)
    counted.now++
    counted.recent++
    if (counted.now === 1) setTimeout(() => gathered(id, counted), gatherMs).unref()
    return counted.isBurst || counted.now >= MANY
  }

  function gathered(id: EmailAccountId, counted: Handovers): void {
    const isMany = counted.isBurst || counted.now >= MANY
    counted.now = 0
    if (!isMany) handovers.delete(id)
    else wake(id)
    if (!isMany || counted.isBurst) return
    counted.isBurst = true
    checkLater(id, counted)
  }

  /** Ends a burst with a last round, for copies that the server stores late. */
  function checkLater(id: EmailAccountId, counted: Handovers): void {
    counted.recent = 0
    setTimeout(() => {
      if (counted.recent >= MANY || counted.now > 0) {
        checkLater(id, counted)
        return
      }
      handovers.delete(id)
      wake(id)
    }, lateMs).unref()
  }

  /** Without the hint, the worker searches for the copies. */
  function wake(id: EmailAccountId): void {
    void wakeSync!(id).catch(() => undefined)
  }

  return { searchAfterMs, isOneOfMany }
}
