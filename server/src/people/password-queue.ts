import { AppError } from '../kernel/errors.ts'

/**
 * Half of libuv's four threads. DNS lookups, files and the mail parsers share that pool. A password hash occupies a
 * thread for about 50 ms and 32 MB of memory.
 */
const MAX_AT_ONCE = 2
const RETRY_AFTER_SECONDS = 2

/**
 * Lanes of waiting requests, which take turns: a flood in one lane takes neither the places nor the turns of another.
 * The places of one client are limited too, so that a flood from one address leaves places to the others.
 */
const LANES = {
  /** About a second of work. */
  'new-devices': { places: 20, placesOfClient: 10 },
  'known-devices': { places: 5, placesOfClient: 2 },
  links: { places: 5, placesOfClient: 2 },
} as const

const LANE_NAMES = Object.keys(LANES) as LaneName[]

type LaneName = keyof typeof LANES

export interface QueueLane {
  name: LaneName
  /** Network or account by which waiting requests are limited. */
  client?: string | undefined
}

export interface PasswordQueue {
  /**
   * Runs work that hashes a password, in arrival order of its lane.
   *
   * @throws {AppError} `people.sign_ins_busy` at once, before any work starts
   */
  run: <T>(work: () => Promise<T>, lane: QueueLane) => Promise<T>
}

export function createPasswordQueue(): PasswordQueue {
  const waiting = new Map<LaneName, { client: string | undefined; start: () => void }[]>(
    LANE_NAMES.map((name) => [name, []]),
  )
  let running = 0
  /** Position of the lane that had the last turn. */
  let turn = 0

  function refuseWhenFull({ name, client }: QueueLane): void {
    if (running < MAX_AT_ONCE) return
    const entries = waiting.get(name)!
    const ofClient = client === undefined ? 0 : entries.filter((entry) => entry.client === client).length
    if (entries.length >= LANES[name].places || ofClient >= LANES[name].placesOfClient) {
      throw new AppError('people.sign_ins_busy', { retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
  }

  async function enter({ name, client }: QueueLane): Promise<void> {
    if (running < MAX_AT_ONCE) {
      running++
      return
    }
    // `leave` hands over the place, so `running` stays unchanged.
    await new Promise<void>((start) => waiting.get(name)!.push({ client, start }))
  }

  function leave(): void {
    for (let step = 1; step <= LANE_NAMES.length; step++) {
      const lane = (turn + step) % LANE_NAMES.length
      const next = waiting.get(LANE_NAMES[lane]!)!.shift()
      if (!next) continue
      turn = lane
      next.start()
      return
    }
    running--
  }

  return {
    async run(work, lane) {
      refuseWhenFull(lane)
      await enter(lane)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
