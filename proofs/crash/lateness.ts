/** Lateness of mail, in real time, while servers die and connections fail. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ProtocolHarness } from './protocol-harness.ts'

export interface Lateness {
  p50: number | null
  max: number | null
}

/** Lateness of pairs of start and end; the judge handles pairs without an end. */
export function measureLateness(spans: readonly (readonly [number, number | undefined])[]): Lateness {
  const took = spans.flatMap(([from, to]) => (to === undefined ? [] : [Math.max(0, Math.round(to - from))]))
  took.sort((a, b) => a - b)
  return { p50: took[(took.length - 1) >> 1] ?? null, max: took.at(-1) ?? null }
}

export interface ArrivalWatch {
  /** Time of the first observation outside, by the number of the submission: `performance.now()`. */
  arrivedAt: ReadonlyMap<number, number>
  stop(): void
}

const LOOK_EVERY_MS = 500

/** Polls for arrivals until it is stopped: no mail server reports when it handed a message on. */
export function watchArrivals(protocol: Pick<ProtocolHarness, 'arrivals'>, say: (line: string) => void): ArrivalWatch {
  const arrivedAt = new Map<number, number>()
  const ending = new AbortController()
  void (async () => {
    while (!ending.signal.aborted) {
      try {
        for (const { number } of await protocol.arrivals()) {
          if (!arrivedAt.has(number)) arrivedAt.set(number, performance.now())
        }
      } catch (error) {
        say(`arrivals could not be read: ${String(error)}`)
      }
      await pause(LOOK_EVERY_MS)
    }
  })()
  return { arrivedAt, stop: () => ending.abort() }
}
