import type { InteractiveRequests } from '../../kernel/interactive-requests.ts'

/** Pages of imports stored at a time in this process. */
const AT_A_TIME = { quiet: 4, active: 1 }
/** Maximum wait of a page for requests. */
const LONGEST_WAIT_MS = 250

export type ImportPace = ReturnType<typeof createImportPace>

/**
 * Gives requests of users priority over imports. Several mailboxes are imported at a time. While there are requests, only
 * one page is stored at a time, and it waits for the requests in progress.
 */
export function createImportPace(requests?: InteractiveRequests) {
  const waiting: (() => void)[] = []
  let storing = 0

  function letIn(): void {
    const limit = requests?.isActive ? AT_A_TIME.active : AT_A_TIME.quiet
    while (storing < limit) {
      const next = waiting.shift()
      if (!next) return
      storing++
      next()
    }
  }

  return {
    /** Runs `store` when it is its turn. */
    async run<T>(store: () => Promise<T>): Promise<T> {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        letIn()
      })
      try {
        await requests?.idle(LONGEST_WAIT_MS)
        return await store()
      } finally {
        storing--
        letIn()
      }
    },
  }
}
