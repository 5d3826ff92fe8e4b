/**
 * Drafts that another window of the user saved. The server announces the first save, and later ones only after an
 * interval: the list is fetched at once, and again after the interval for the saves that followed.
 */

/** Interval of the server, until it has announced a save with its own. */
const FIRST_EVERY_MS = 10_000
/** Time for a save that the server was still storing at the end of the interval. */
const LATE_MS = 1_000

const ownVersions = new Map<string, number>()

/** Call before this window saves a draft: it shows the save itself, so its announcement refreshes nothing at once. */
export function noteOwnSave(draftId: string, version: number): void {
  ownVersions.set(draftId, version)
}

/** Calls `refresh` for the saves of other windows. */
export function followDraftSaves(refresh: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const refreshAfter = (everyMs: number) => {
    clearTimeout(timer)
    timer = setTimeout(refresh, everyMs + LATE_MS)
  }
  return {
    /** The stream of events started. An interval can have begun before, and its later saves are not announced. */
    open: () => refreshAfter(FIRST_EVERY_MS),
    /** @param data  data of an event named `drafts` */
    note: (data: string) => {
      const {
        draftId = '',
        version = Infinity,
        everyMs,
      } = JSON.parse(data) as {
        draftId?: string
        version?: number
        everyMs: number
      }
      if (version > (ownVersions.get(draftId) ?? 0)) refresh()
      // Also after an own save: one of another window that followed it is not announced.
      refreshAfter(everyMs)
    },
    stop: () => clearTimeout(timer),
  }
}
