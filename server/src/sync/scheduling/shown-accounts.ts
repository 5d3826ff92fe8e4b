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
  /**
   * Registers the mailboxes in a list that was sent to a viewer. They count while an event stream is open. `others`: the
   * list is of all these mailboxes, and new mail of each would appear in it.
   */
  show(viewer: string, ids: readonly EmailAccountId[], others?: AccountsInView): void
  /** True while a viewer with an event stream has a list. */
  readonly isAnyShown: boolean
  /**
   * Mailboxes shown now, the latest first. `polled`: mailboxes without notifications; only these are listed, and those in
   * the lists of all mailboxes follow.
   */
  list(polled?: readonly EmailAccountId[]): EmailAccountId[]
}

/** Mailboxes that a viewer may see. */
export type AccountsInView = 'all' | readonly EmailAccountId[]

interface ShownList {
  ids: readonly EmailAccountId[]
  others: AccountsInView
}

export function createShownAccounts(): ShownAccounts {
  /** By viewer, the one with the latest list last. */
  const viewers = new Map<string, { streams: number; lists: ShownList[] }>()

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

  function openLists(): ShownList[] {
    const open = [...viewers.values()].filter(({ streams }) => streams > 0).reverse()
    return open.flatMap(({ lists }) => lists)
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
    show(viewer, ids, others = []) {
      const shown = [...new Set(ids)].slice(0, MOST_SHOWN)
      const entry = entryOf(viewer)
      const isOfAll = others.length > 0
      // The list of all mailboxes begins with other ones after new mail, and is the same list.
      const isSame = (list: ShownList) =>
        isOfAll ? list.others.length > 0 : list.others.length === 0 && list.ids.join() === shown.join()
      entry.lists = [{ ids: shown, others }, ...entry.lists.filter((list) => !isSame(list))].slice(0, LISTS_PER_VIEWER)
      forgetOldest()
    },
    get isAnyShown() {
      return openLists().length > 0
    },
    list(polled) {
      const lists = openLists()
      const ids = lists.flatMap((list) => list.ids)
      if (!polled) return [...new Set(ids)].slice(0, MOST_SHOWN)
      const isPolled = new Set(polled)
      const others = polled.filter((id) => lists.some((list) => list.others === 'all' || list.others.includes(id)))
      return [...new Set([...ids.filter((id) => isPolled.has(id)), ...others])].slice(0, MOST_SHOWN)
    },
  }
}
