/** Events to three endpoints while the servers are killed. */
import { setTimeout as pause } from 'node:timers/promises'
import { startDeliverers } from './deliverers.ts'
import { judge, type Verdict } from './judge.ts'
import { addEndpoint, appendEvents, onWebhookStage, type OpenedStage } from './stage.ts'

export interface WebhookRun {
  events: number
  kills: number
  seed: number
}

export interface WebhookLine {
  events: number
  kills: number
  seconds: number
  refused: number
  endpoints: Record<string, Verdict>
}

const SERVERS = 2
const BATCH = 100
const MINUTE_MS = 60_000
/** Less than the claim of a running server, which would lose it. */
const STEP_MS = 20_000
const DOWN_MS = 60 * MINUTE_MS
const SLOW_MS = 25
const KILL_EVERY_MS = 700
/** Longer than the claim of a killed server. */
const CLAIM_MS = 61_000
const PATIENCE_MS = 15 * MINUTE_MS

const PATHS = ['/half', '/slow', '/down'] as const

export function runWebhooks({ events, kills, seed }: WebhookRun): Promise<WebhookLine> {
  const random = createRandom(seed)
  let isDown = true
  const respond = async (path: string): Promise<number> => {
    if (path === '/half') return random() < 0.5 ? 500 : 200
    if (path === '/down') return isDown ? 503 : 200
    await pause(SLOW_MS)
    return 200
  }
  return onWebhookStage(respond, async (opened) => {
    const began = performance.now()
    for (const path of PATHS) await addEndpoint(opened, path, path === '/slow' ? 16 : 8)
    const deliverers = await startDeliverers(opened.stage, SERVERS)
    try {
      const appending = appendAll(opened, events)
      for (let kill = 0; kill < kills; kill++) {
        await pause(KILL_EVERY_MS)
        await deliverers.kill(kill % SERVERS)
        deliverers.moveClock(CLAIM_MS)
      }
      await appending
      while (deliverers.aheadMs() < DOWN_MS) deliverers.moveClock(5 * MINUTE_MS)
      isDown = false
      await untilAllTaken(opened, events, () => deliverers.moveClock(STEP_MS))
      const ids = await eventIds(opened)
      return {
        ...{ events, kills, seconds: Math.round((performance.now() - began) / 100) / 10 },
        refused: opened.receiver.refused(),
        endpoints: Object.fromEntries(PATHS.map((path) => [path.slice(1), judge(ids, opened.receiver.taken(path))])),
      }
    } finally {
      deliverers.end()
    }
  })
}

async function appendAll(opened: OpenedStage, events: number): Promise<void> {
  const conversations = Math.max(10, Math.floor(events / 20))
  for (let begin = 0; begin < events; begin += BATCH) {
    const size = Math.min(BATCH, events - begin)
    await appendEvents(
      opened,
      Array.from({ length: size }, (_, n) => `c${(begin + n) % conversations}`),
    )
    await pause(20)
  }
}

/** Waits until every endpoint has as many events, and moves the clock, on which retries wait. */
async function untilAllTaken({ receiver }: OpenedStage, events: number, moveClock: () => void): Promise<void> {
  const limit = performance.now() + PATIENCE_MS
  const count = (path: string) => new Set(receiver.taken(path).map(({ eventId }) => eventId)).size
  while (PATHS.some((path) => count(path) < events) && performance.now() < limit) {
    await pause(250)
    moveClock()
  }
}

async function eventIds({ rooms }: OpenedStage): Promise<number[]> {
  const { rows } = await rooms.database.pool.query<{ id: number }>('SELECT id FROM events ORDER BY id')
  return rows.map(({ id }) => id)
}

/** Repeatable numbers from 0 to below 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
