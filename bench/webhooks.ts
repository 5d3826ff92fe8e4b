/** Webhooks: throughput to one receiver, and the time from an event to its request, idle and at 100 events a second. */
import { setTimeout as pause } from 'node:timers/promises'
import { startDeliverers } from '../proofs/webhooks/deliverers.ts'
import { addEndpoint, appendEvents, onWebhookStage, type OpenedStage } from '../proofs/webhooks/stage.ts'
import { percentile, type Bench } from './figures.ts'

const PATH = '/hook'
const PER_SECOND = 100

export async function webhooks(bench: Bench): Promise<void> {
  const [burst, alone, seconds] = bench.quick ? [1_000, 20, 5] : [10_000, 100, 30]
  await onWebhookStage(
    () => 200,
    async (opened) => {
      await addEndpoint(opened, PATH, 16)
      const deliverers = await startDeliverers(opened.stage, 1)
      try {
        await inSeries(opened, 5, 0)
        report(bench, 'idle', await inSeries(opened, alone, 100))
        report(bench, `at ${PER_SECOND} events a second`, await atRate(opened, seconds))
        const began = performance.now()
        const before = opened.receiver.taken(PATH).length
        for (let left = burst; left > 0; left -= 500) await appendEvents(opened, names(Math.min(500, left)))
        await untilTaken(opened, before + burst)
        const perSecond = burst / ((performance.now() - began) / 1000)
        bench.tell({ name: 'webhook deliveries', value: perSecond, unit: 'per second', baseline: await bare(opened) })
      } finally {
        deliverers.end()
      }
    },
  )
}

function report({ tell }: Bench, when: string, latencies: readonly number[]): void {
  for (const percent of [50, 99]) {
    tell({ name: `event to webhook ${when}, p${percent}`, value: percentile(latencies, percent), unit: 'ms' })
  }
}

let named = 0
const names = (count: number) => Array.from({ length: count }, () => `c${named++}`)

/** One event after the other. */
async function inSeries(opened: OpenedStage, count: number, pauseMs: number): Promise<number[]> {
  const latencies: number[] = []
  for (let n = 0; n < count; n++) {
    const before = opened.receiver.taken(PATH).length
    const began = performance.now()
    await appendEvents(opened, names(1))
    await untilTaken(opened, before + 1)
    latencies.push(opened.receiver.taken(PATH)[before]!.at - began)
    await pause(pauseMs)
  }
  return latencies
}

async function atRate(opened: OpenedStage, seconds: number): Promise<number[]> {
  const { receiver } = opened
  const before = receiver.taken(PATH).length
  const beganAt = new Map<string, number>()
  const began = performance.now()
  for (let n = 0; n < seconds * PER_SECOND; n++) {
    const [name] = names(1)
    beganAt.set(name!, performance.now())
    await appendEvents(opened, [name!])
    await pause(Math.max(0, began + (n + 1) * (1000 / PER_SECOND) - performance.now()))
  }
  await untilTaken(opened, before + beganAt.size)
  return receiver
    .taken(PATH)
    .slice(before)
    .map(({ at, conversationId }) => at - beganAt.get(conversationId)!)
}

function untilTaken({ receiver }: OpenedStage, count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (receiver.taken(PATH).length < count) return
      stop()
      resolve()
    }
    const stop = receiver.onTaken(look)
    look()
  })
}

/** Requests per second of a plain client with as many at once. */
async function bare({ receiver }: OpenedStage): Promise<number> {
  const count = 2_000
  const url = `http://${receiver.host}:${receiver.port}/bare`
  const body = JSON.stringify({ id: 1, data: { conversationId: 'c' } })
  let left = count
  const began = performance.now()
  const worker = async () => {
    while (left-- > 0) await (await fetch(url, { method: 'POST', body })).text()
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return count / ((performance.now() - began) / 1000)
}
