/** Gathers live events, so that many events cause one fetch. */
import type { Event } from './generated/types.gen.ts'

const GATHER_MS = 150
/** Number of events from which the next ones are gathered longer, such as during an import. */
const MANY = 50
const GATHER_MANY_MS = 1_000
/** A fetch that takes longer, such as one without a network, must not hold up later events. */
const LIMIT_MS = 15_000

/** Calls `refresh` with the events of a short time, one call after the other. */
export function gatherEvents(refresh: (events: readonly Event[]) => Promise<void>) {
  const gathered: Event[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isUnderWay = false
  let gatherMs = GATHER_MS

  async function run(): Promise<void> {
    timer = undefined
    isUnderWay = true
    const events = gathered.splice(0)
    gatherMs = events.length > MANY ? GATHER_MANY_MS : GATHER_MS
    let limit: ReturnType<typeof setTimeout> | undefined
    try {
      await Promise.race([refresh(events), new Promise((resolve) => (limit = setTimeout(resolve, LIMIT_MS)))])
    } finally {
      clearTimeout(limit)
      isUnderWay = false
      schedule()
    }
  }

  function schedule(): void {
    if (gathered.length > 0 && !isUnderWay) timer ??= setTimeout(() => void run(), gatherMs)
  }

  return {
    note(event: Event) {
      gathered.push(event)
      schedule()
    },
    stop() {
      gathered.length = 0
      clearTimeout(timer)
    },
  }
}
