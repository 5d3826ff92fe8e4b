import type { StoredEvent } from './event-kinds.ts'

/** Events after one id, up to another. */
export interface EventWindow {
  after: number
  end: number
  /** Only events of these kinds; of all kinds when absent. */
  kindsLike: readonly string[] | undefined
}

/**
 * Shares one read among all subscriptions that are up to date; each filters the result. The last read is kept for
 * subscriptions that ask a moment later, because its events can't change any more.
 */
export function createSharedWindows(read: (window: EventWindow) => Promise<StoredEvent[]>) {
  let last: { name: string; events: Promise<StoredEvent[]> } | undefined
  return async (window: EventWindow): Promise<StoredEvent[]> => {
    const name = JSON.stringify(window)
    const kept = last?.name === name ? last : (last = { name, events: read(window) })
    try {
      return await kept.events
    } catch (error) {
      if (last === kept) last = undefined
      throw error
    }
  }
}

/** Matches text like SQL LIKE, whose `_` stands for any character. */
export function likeness(pattern: string): (text: string) => boolean {
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const form = new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's')
  return (text) => form.test(text)
}
