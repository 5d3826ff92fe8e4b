/**
 * Clock of a server beside a sandbox: it has the sandbox's time, so that moving that clock ages tokens, secrets and mail on
 * both sides.
 *
 * Real tokens would appear expired early. Therefore a moved clock is ignored while a Cloud Provider of another machine
 * exists, and while the clock is moved such a Cloud Provider can't be created.
 */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { cloudsElsewhere, type CloudProviders, type Clouds } from '../src/cloud-providers/index.ts'
import type { Database } from '../src/database/index.ts'
import { systemClock, type Clock } from '../src/kernel/clock.ts'
import { AppError } from '../src/kernel/errors.ts'
import type { Log } from '../src/kernel/log.ts'
import { pauseFor } from '../src/kernel/pause.ts'

export interface RehearsalClock extends Clock {
  /** Milliseconds ahead of the machine's time. */
  readonly offsetMs: number
  stop(): Promise<void>
}

/** Longest time that the sandbox delays its answer while the clock doesn't move. */
const LONG_POLL_MS = 25_000
const ANSWER_LIMIT_MS = LONG_POLL_MS + 5000
/** Shortest interval between two requests, for a sandbox that answers at once. */
const LOOK_EVERY_MS = 100
const AFTER_FAILURE_MS = 500
const START_LIMIT_MS = 10_000

const Answer = z.object({ offsetMs: z.number().min(-1e13).max(1e13) })

/**
 * Follows the clock at `url` until stopped. Keeps the last offset while the clock doesn't answer.
 *
 * @throws {AppError} `config.faulty` when the clock doesn't answer at the start, as time would jump back
 */
export async function followClock(
  url: URL,
  { log, mayMove }: { log: Log; mayMove: () => Promise<boolean> },
): Promise<RehearsalClock> {
  const ending = new AbortController()
  let offsetMs = 0
  let refusedMs: number | undefined
  let isLost = false

  async function look(waitMs: number): Promise<void> {
    const asked = new URL(url)
    asked.searchParams.set('after', String(refusedMs ?? offsetMs))
    asked.searchParams.set('waitMs', String(waitMs))
    await take(await offsetAt(asked, AbortSignal.any([ending.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)])))
    isLost = false
  }

  async function take(newMs: number): Promise<void> {
    if (newMs === offsetMs) {
      refusedMs = undefined
      return
    }
    if (await mayMove()) {
      offsetMs = newMs
      refusedMs = undefined
    } else if (newMs !== refusedMs) {
      refusedMs = newMs
      log.error({ offsetMs: newMs }, 'A moved clock is not followed, as there is a Cloud Provider elsewhere')
    }
  }

  async function follow(): Promise<void> {
    while (!isEnding()) {
      const beganAt = performance.now()
      let waitMs = LOOK_EVERY_MS
      try {
        await look(LONG_POLL_MS)
      } catch (error) {
        waitMs = AFTER_FAILURE_MS
        if (!isLost && !isEnding()) log.warn({ err: error }, 'The clock of the sandbox does not answer')
        isLost = true
      }
      const restMs = waitMs - (performance.now() - beganAt)
      await pauseFor(restMs, { clock: systemClock, signal: ending.signal }).catch(() => undefined)
    }
  }

  /** A function, as the state changes during each wait. */
  function isEnding(): boolean {
    return ending.signal.aborted
  }

  const limit = performance.now() + START_LIMIT_MS
  for (;;) {
    try {
      await look(0)
      break
    } catch (error) {
      if (performance.now() > limit) {
        const message = `POSTKEY_CLOCK names ${url.href}, which does not answer. Start that sandbox first, or unset POSTKEY_CLOCK. Nothing was changed.`
        throw new AppError('config.faulty', { cause: new Error(message, { cause: error }) })
      }
      await pauseFor(LOOK_EVERY_MS, { clock: systemClock })
    }
  }
  const following = follow()

  return {
    now: () => new Date(systemClock.now().getTime() + offsetMs),
    get offsetMs() {
      return offsetMs
    },
    async stop() {
      ending.abort()
      await following
    },
  }
}

/** Uses a connection of its own, as a kept one would delay the end of the sandbox. */
async function offsetAt(url: URL, signal: AbortSignal): Promise<number> {
  const asking = get(url, { agent: false, signal })
  // Reported by `once`, or after an abort.
  asking.on('error', () => undefined)
  const [answer] = (await once(asking, 'response', { signal })) as [IncomingMessage]
  if (answer.statusCode !== 200) throw new TypeError(`The clock answered with ${answer.statusCode}.`)
  return Answer.parse(await json(answer)).offsetMs
}

/** `true` when the clouds of all Cloud Providers are on this machine. */
export async function isRehearsal(database: Database, clouds: Clouds): Promise<boolean> {
  const elsewhere = cloudsElsewhere(clouds)
  const rows = await database.db.selectFrom('cloud_providers').select('cloud').distinct().execute()
  return rows.every(({ cloud }) => !elsewhere.has(cloud))
}

/** Refuses new Cloud Providers of other machines while the clock is moved. */
export function onlyInTime(providers: CloudProviders, clouds: Clouds, clock: RehearsalClock): CloudProviders {
  return {
    ...providers,
    async create(input, actor) {
      if (clock.offsetMs !== 0 && cloudsElsewhere(clouds).has(input.cloud)) throw new AppError('config.clock_moved')
      return providers.create(input, actor)
    },
  }
}
