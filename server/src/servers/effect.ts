import { fillText } from '../kernel/errors.ts'
import { TEXTS } from './texts.ts'

/** Counts of delayed work, by the rooms that own the rows. */
export interface EffectCounts {
  /** Active mailboxes that existed at `before` and were not read since. */
  countUnread(before: Date): Promise<number>
  /** Messages accepted before `before` that are not sent yet, up to `most`. */
  countQueued(before: Date, most: number): Promise<number>
}

/** Counting ends here: it runs when the database has just come back, and all servers wait for it. */
const MOST_COUNTED = 10_000

/**
 * Describes the effect of an outage in one sentence. Counted when the database is back, before delayed messages are
 * sent.
 */
export async function describeEffect(counts: EffectCounts, since: Date, endedAt: Date): Promise<string> {
  const [unread, waiting] = [await counts.countUnread(endedAt), await counts.countQueued(endedAt, MOST_COUNTED)]
  return fillText(TEXTS.effect, {
    unread: unread === 1 ? TEXTS.oneMailbox : fillText(TEXTS.mailboxes, { count: String(unread) }),
    since: formatTime(since),
    until: formatTime(endedAt),
    waiting: messagesOf(waiting),
  })
}

function messagesOf(count: number): string {
  if (count === 1) return TEXTS.oneMessage
  return fillText(count < MOST_COUNTED ? TEXTS.messages : TEXTS.atLeastMessages, { count: String(count) })
}

export function formatTime(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
