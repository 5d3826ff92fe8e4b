import { fillText } from '../kernel/errors.ts'
import { TEXTS } from './texts.ts'

/** Counts of delayed work, by the rooms that own the rows. */
export interface EffectCounts {
  /** Active mailboxes that existed at `before` and were not read since. */
  countUnread(before: Date): Promise<number>
  /** Messages accepted before `before` that are not sent yet. */
  countQueued(before: Date): Promise<number>
}

/**
 * Describes the effect of an outage in one sentence. Counted when the database is back, before delayed messages are
 * sent.
 */
export async function describeEffect(counts: EffectCounts, since: Date, endedAt: Date): Promise<string> {
  const [unread, waiting] = [await counts.countUnread(endedAt), await counts.countQueued(endedAt)]
  return fillText(TEXTS.effect, {
    unread: unread === 1 ? TEXTS.oneMailbox : fillText(TEXTS.mailboxes, { count: String(unread) }),
    since: formatTime(since),
    until: formatTime(endedAt),
    waiting: waiting === 1 ? TEXTS.oneMessage : fillText(TEXTS.messages, { count: String(waiting) }),
  })
}

export function formatTime(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
