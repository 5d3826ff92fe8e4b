/**
 * The clock of a rehearsal: with a sandbox beside it, the server has the sandbox's time, so that one move of that clock
 * lets tokens, secrets and mail age on both sides.
 *
 * It is a clock for a Microsoft 365 on this machine and no other. Real tokens would look ended long before they are, so a
 * moved clock is not followed as long as there is a Cloud Provider elsewhere, and while it is moved none can be made.
 */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { cloudsElsewhere, type CloudProviders, type Clouds } from './cloud-providers/index.ts'
import type { Database } from './database/index.ts'
import { systemClock, type Clock } from './kernel/clock.ts'
import { AppError } from './kernel/errors.ts'
import type { Log } from './kernel/log.ts'
import { pauseFor } from './kernel/pause.ts'

export interface RehearsalClock extends Clock {
  /** How far it is ahead of the machine's time. */
  readonly offsetMs: number
  stop(): Promise<void>
}

/** So long the other side may wait with its answer when nothing has moved. */
const LONG_POLL_MS = 25_000
const ANSWER_LIMIT_MS = LONG_POLL_MS + 5000
/** How far behind we may be when the other side answers at once, moved or not. */
const LOOK_EVERY_MS = 100
const AFTER_FAILURE_MS = 500
const START_LIMIT_MS = 10_000

const Answer = z.object({ offsetMs: z.number().min(-1e13).max(1e13) })

/**
 * Follows the clock at `url` until it is stopped. When it does not answer, time goes on as it was.
 *
 * @throws {AppError} `config.clock_unreachable` when it does not answer at the start: time would jump back
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

  /** Asked anew after each wait. */
  function isEnding(): boolean {
    return ending.signal.aborted
  }

  const limit = performance.now() + START_LIMIT_MS
  for (;;) {
    try {
      await look(0)
      break
    } catch (error) {
      if (performance.now() > limit) throw new AppError('config.clock_unreachable', { cause: error })
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

/** By a connection of its own: one that is kept would keep the sandbox from ending. */
async function offsetAt(url: URL, signal: AbortSignal): Promise<number> {
  const asking = get(url, { agent: false, signal })
  // Told by `once`, or after it was broken off.
  asking.on('error', () => undefined)
  const [answer] = (await once(asking, 'response', { signal })) as [IncomingMessage]
  if (answer.statusCode !== 200) throw new TypeError(`The clock answered with ${answer.statusCode}.`)
  return Answer.parse(await json(answer)).offsetMs
}

/** Whether all that there is of Microsoft lies on this machine. */
export async function isRehearsal(database: Database, clouds: Clouds): Promise<boolean> {
  const elsewhere = cloudsElsewhere(clouds)
  const rows = await database.db.selectFrom('cloud_providers').select('cloud').distinct().execute()
  return rows.every(({ cloud }) => !elsewhere.has(cloud))
}

/** Cloud Providers that are made in time, or on this machine. */
export function onlyInTime(providers: CloudProviders, clouds: Clouds, clock: RehearsalClock): CloudProviders {
  return {
    ...providers,
    async create(input, actor) {
      if (clock.offsetMs !== 0 && cloudsElsewhere(clouds).has(input.cloud)) throw new AppError('config.clock_moved')
      return providers.create(input, actor)
    },
  }
}
