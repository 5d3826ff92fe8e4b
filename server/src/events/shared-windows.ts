import type { StoredEvent } from './events.ts'

/** What came after one id, up to another. */
export interface EventWindow {
  after: number
  end: number
  /** Of these kinds alone; of all when absent. */
  kindsLike: readonly string[] | undefined
}

/**
 * Those who listen and have heard everything so far are told out of one reading, however many they are: each takes what
 * it wants of it. The last one is kept for who comes a moment later: nothing can change in it any more.
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

/** As LIKE, whose `_` stands for any character. */
export function likeness(pattern: string): (text: string) => boolean {
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const form = new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's')
  return (text) => form.test(text)
}
