import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createClouds, type CloudProviders, loadClouds } from '../src/cloud-providers/index.ts'
import { createLog } from '../src/kernel/log.ts'
import { followClock, onlyInTime, type RehearsalClock } from './rehearsal-clock.ts'
import { WAIT } from '../test/kit/index.ts'

const HOUR_MS = 3_600_000

let other: OtherClock
let clock: RehearsalClock | undefined
beforeEach(async () => void (other = await startOtherClock()))
afterEach(async () => {
  await clock?.stop()
  clock = undefined
  await other.stop()
})

describe('the clock of a rehearsal', () => {
  it('is as far ahead as the sandbox clock from the start, and moves with it', async () => {
    other.offsetMs = 2 * HOUR_MS
    clock = await follow()
    expectAhead(2 * HOUR_MS)

    other.move(24 * HOUR_MS)
    await vi.waitUntil(() => clock!.offsetMs === 26 * HOUR_MS, WAIT)
    expectAhead(26 * HOUR_MS)
  })

  it('learns of a move from the request that the sandbox delays, without another one', async () => {
    clock = await follow()

    for (let moved = 1; moved <= 3; moved++) {
      await vi.waitUntil(() => other.isAwaited, WAIT)
      const { asked } = other
      other.move(HOUR_MS)
      await vi.waitUntil(() => clock!.offsetMs === moved * HOUR_MS, WAIT)
      expect(other.asked).toBeLessThanOrEqual(asked + 1) // the next request, once the clock has moved
    }
  })

  it('is at most a tenth of a second behind a sandbox clock that answers at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    other.waits = false
    clock = await follow()

    for (let moved = 1; moved <= 3; moved++) {
      await untilPaused()
      other.move(HOUR_MS)
      vi.advanceTimersByTime(100)
      await untilPaused()
      expect(clock.offsetMs).toBe(moved * HOUR_MS)
    }
  })

  it('does not poll continuously while the clock is not moved', async () => {
    clock = await follow()
    await vi.waitUntil(() => other.asked === 2, WAIT)
    await new Promise((resolve) => setTimeout(resolve, 300))

    expect(other.asked).toBe(2)
  })

  it('keeps its offset while the sandbox clock is unreachable, and then reconnects', async () => {
    clock = await follow()
    other.move(HOUR_MS)
    await vi.waitUntil(() => clock!.offsetMs === HOUR_MS, WAIT)

    const { port } = other
    await other.stop()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expectAhead(HOUR_MS)

    other = await startOtherClock(port)
    other.offsetMs = 3 * HOUR_MS
    await vi.waitUntil(() => clock!.offsetMs === 3 * HOUR_MS, WAIT)
  })

  it('is not moved while a Cloud Provider of a real cloud exists', async () => {
    let mayMove = false
    clock = await follow(() => Promise.resolve(mayMove))
    other.waits = false
    other.move(HOUR_MS)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(clock.offsetMs).toBe(0)

    mayMove = true
    await vi.waitUntil(() => clock!.offsetMs === HOUR_MS, WAIT)
  })

  it('refuses to create a Cloud Provider of a real cloud while it is moved', async () => {
    const clouds = createClouds([
      ...(await loadClouds()).list(),
      {
        ...(await loadClouds()).get('global'),
        id: 'desk',
        authority: 'http://localhost:1',
        graphRoot: 'http://[::1]:2',
      },
    ])
    const made: string[] = []
    const create = ({ cloud }: { cloud: string }) => Promise.resolve(void made.push(cloud))
    const moved = onlyInTime({ create } as unknown as CloudProviders, clouds, { offsetMs: 1 } as RehearsalClock)
    const input = (cloud: string) => ({ cloud }) as Parameters<CloudProviders['create']>[0]

    await expect(moved.create(input('global'), 'olga')).rejects.toMatchObject({ code: 'config.clock_moved' })
    await moved.create(input('desk'), 'olga')
    expect(made).toEqual(['desk'])
  })
})

function follow(mayMove = () => Promise.resolve(true)): Promise<RehearsalClock> {
  const url = new URL(`http://localhost:${other.port}/api/clock`)
  return followClock(url, { log: createLog({ level: 'silent' }), mayMove })
}

function expectAhead(ms: number): void {
  const before = Date.now()
  const now = clock!.now().getTime()
  expect(now).toBeGreaterThanOrEqual(before + ms)
  expect(now).toBeLessThanOrEqual(Date.now() + ms)
}

/** Resolves once the follower waits for its next request. Other timers are those of Node itself, which stay real. */
async function untilPaused(): Promise<void> {
  while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve))
}

interface OtherClock {
  port: number
  /** A request waits for the next move. */
  readonly isAwaited: boolean
  offsetMs: number
  /** Delays its answer until something has moved. */
  waits: boolean
  asked: number
  move(byMs: number): void
  stop(): Promise<void>
}

async function startOtherClock(port = 0): Promise<OtherClock> {
  const waiting = new Set<() => void>()
  const server: Server = createServer((request, response) => {
    clock.asked++
    const { searchParams } = new URL(request.url ?? '', 'http://localhost')
    const answer = () => {
      waiting.delete(answer)
      response.end(JSON.stringify({ now: new Date(Date.now() + clock.offsetMs), offsetMs: clock.offsetMs }))
    }
    const isKnown = Number(searchParams.get('after')) === clock.offsetMs
    if (clock.waits && isKnown && Number(searchParams.get('waitMs')) > 0) waiting.add(answer)
    else answer()
  }).listen(port, 'localhost')
  await once(server, 'listening')
  const clock: OtherClock = {
    port: (server.address() as AddressInfo).port,
    offsetMs: 0,
    get isAwaited() {
      return waiting.size > 0
    },
    waits: true,
    asked: 0,
    move(byMs) {
      clock.offsetMs += byMs
      for (const answer of waiting) answer()
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    },
  }
  return clock
}
