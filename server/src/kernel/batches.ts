import { isDatabaseError } from './errors.ts'

/** Errors that depend on the other items of a run, such as a row that another transaction has locked. */
const OF_ONE_ITEM: ReadonlySet<string> = new Set(['database.deadlock', 'database.lock_busy', 'database.too_slow'])

/** Maximum wait of an item for the current run. A run that hangs must not hold up others. */
const LONGEST_WAIT_MS = 250

interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Combines items of concurrent callers: the first runs at once, and items added meanwhile run together after it. Each run
 * starts after its items were added, so a read sees everything committed before the call.
 *
 * @param run returns one result per item, in order, and has no effect if it throws. Unless the database is unavailable,
 *   the items of a failed run then run separately, so that an item fails only by its own error.
 * @param options.most maximum items of a run
 * @param options.gathers starts a run after the current input events, so that requests arriving together share it
 * @param options.gatherMs time that the first item of a run waits for others. Default: no wait.
 */
export function createBatches<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  { most = 100, gathers = false, gatherMs = 0 } = {},
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  let current: object | undefined
  let timer: NodeJS.Timeout | undefined
  let gathering: NodeJS.Immediate | undefined

  function begin(): void {
    clearTimeout(timer)
    // If the event loop was blocked, the timer precedes it, and it would begin a run without items.
    clearImmediate(gathering)
    timer = undefined
    const batch = waiting.splice(0, most)
    if (waiting.length > 0) timer = setTimeout(begin, LONGEST_WAIT_MS)
    const own = (current = {})
    void settle(batch).then(() => {
      if (current !== own) return
      current = undefined
      if (waiting.length > 0) begin()
    })
  }

  function gather(): void {
    current = {}
    gathering = setImmediate(begin)
  }

  async function settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await run(batch.map(({ item }) => item))
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]!)
    } catch (error) {
      const isForAll = isDatabaseError(error) && error.remedy === 'wait' && !OF_ONE_ITEM.has(error.code)
      if (batch.length > 1 && !isForAll) await Promise.all(batch.map((each) => settle([each])))
      else for (const { reject } of batch) reject(error)
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!current && gathers) gather()
      else if (!current && gatherMs === 0) begin()
      else timer ??= setTimeout(begin, current ? LONGEST_WAIT_MS : gatherMs)
    })
}
