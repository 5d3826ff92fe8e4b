import type { EmailAccountId } from '../../kernel/ids.ts'

/** Lists remembered per viewer: several tabs of a browser can show different mailboxes. */
const LISTS_PER_VIEWER = 3
/** Limits the cost: further mailboxes keep their usual pace. */
const MOST_SHOWN = 10
/** Viewers without an event stream, whose browser may still open one. */
const MOST_WITHOUT_STREAM = 100

/** Mailboxes that browsers connected to this process show. They are polled more often. */
export interface ShownAccounts {
  /** Registers an event stream of a viewer. Returns a function that removes it. */
  open(viewer: string): () => void
  /** Registers the mailboxes in a list that was sent to a viewer. They count while an event stream is open. */
  show(viewer: string, ids: readonly EmailAccountId[]): void
  /** Mailboxes shown now, the latest first. */
  list(): EmailAccountId[]
}

export function createShownAccounts(): ShownAccounts {
  /** By viewer, the one with the latest list last. */
  const viewers = new Map<string, { streams: number; lists: EmailAccountId[][] }>()

  function entryOf(viewer: string) {
    const entry = viewers.get(viewer) ?? { streams: 0, lists: [] }
    viewers.delete(viewer)
    viewers.set(viewer, entry)
    return entry
  }

  function forgetOldest(): void {
    const idle = [...viewers].filter(([, { streams }]) => streams === 0)
    for (const [viewer] of idle.slice(0, -MOST_WITHOUT_STREAM)) viewers.delete(viewer)
  }

  return {
    open(viewer) {
      entryOf(viewer).streams++
      let isOpen = true
      return () => {
        const entry = viewers.get(viewer)
        if (!isOpen || !entry) return
        isOpen = false
        if (--entry.streams === 0) viewers.delete(viewer)
      }
    },
    show(viewer, ids) {
      const shown = [...new Set(ids)].slice(0, MOST_SHOWN)
      const entry = entryOf(viewer)
      const others = entry.lists.filter((list) => list.join() !== shown.join())
      entry.lists = [shown, ...others].slice(0, LISTS_PER_VIEWER)
      forgetOldest()
    },
    list() {
      const open = [...viewers.values()].filter(({ streams }) => streams > 0).reverse()
      return [...new Set(open.flatMap(({ lists }) => lists.flat()))].slice(0, MOST_SHOWN)
    },
  }
}
