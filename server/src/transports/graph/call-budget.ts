import type { Clock } from '../../kernel/clock.ts'
import { pauseFor } from '../../kernel/pause.ts'
import type { Lane } from '../mail-transport.ts'

/**
 * Maximum concurrent calls per mailbox. Outlook allows 4 per application; one is reserved for calls not counted here.
 */
const AT_A_TIME = 3
const LANES: readonly Lane[] = ['send', 'sync', 'import']

/**
 * Call budget of a mailbox, shared by all callers: at most three concurrent calls, sending before syncing before
 * importing, and pauses requested by the server.
 *
 * Calls of a lane run in order. A call that waits for the end of a pause takes no place.
 *
 * @see https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits
 */
export interface CallBudget {
  /** Waits for a place and keeps it until `call` has settled. */
  run<T>(lane: Lane, call: () => Promise<T>): Promise<T>
  /** Waits for a place and returns a function that frees it. */
  enter(lane: Lane): Promise<() => void>
  /** Pauses all calls until `time`, as requested by the server. A shorter pause does not end a longer one. */
  pauseUntil(time: Date): void
  /** Returns the end of the current pause, or undefined. */
  pausedUntil(): Date | undefined
}

export function createCallBudget({
  clock,
  sleep = (ms) => pauseFor(ms, { clock, ref: false }),
}: {
  clock: Clock
  sleep?: (ms: number) => Promise<unknown>
}): CallBudget {
  const waiting: Record<Lane, (() => void)[]> = { send: [], sync: [], import: [] }
  let running = 0
  let silentUntil = 0
  let waking = false

  function msOfSilence(): number {
    return silentUntil - clock.now().getTime()
  }

  function letIn(): void {
    if (msOfSilence() > 0) {
      wakeAfterSilence()
      return
    }
    while (running < AT_A_TIME) {
      const next = LANES.map((lane) => waiting[lane])
        .find((lane) => lane.length > 0)
        ?.shift()
      if (!next) return
      running++
      next()
    }
  }

  function wakeAfterSilence(): void {
    if (waking || LANES.every((lane) => waiting[lane].length === 0)) return
    waking = true
    void sleep(msOfSilence()).then(() => {
      waking = false
      letIn()
    })
  }

  async function enter(lane: Lane): Promise<() => void> {
    await new Promise<void>((resolve) => {
      waiting[lane].push(resolve)
      letIn()
    })
    let held = true
    return () => {
      if (!held) return
      held = false
      running--
      letIn()
    }
  }

  return {
    enter,
    async run(lane, call) {
      const leave = await enter(lane)
      try {
        return await call()
      } finally {
        leave()
      }
    },
    pauseUntil(time) {
      silentUntil = Math.max(silentUntil, time.getTime())
    },
    pausedUntil() {
      return msOfSilence() > 0 ? new Date(silentUntil) : undefined
    },
  }
}
