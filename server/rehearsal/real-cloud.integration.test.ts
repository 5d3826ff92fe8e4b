/** The safety rule: a server with a Cloud Provider of Microsoft's clouds keeps the time of its machine, and has no chaos. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { loadClouds } from '../src/cloud-providers/index.ts'
import { createClosing } from '../src/process/index.ts'
import { createTestClock, silentLog, storeGrant, testDatabase } from '../test/kit/index.ts'
import { readChaosOrders, type ChaosOrder } from './chaos-points.ts'
import { createRehearsal } from './rehearsal.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const database = await testDatabase()
const closing = createClosing(silentLog)
const sandbox = createServer((_, response) => void response.end(JSON.stringify({ offsetMs: DAY_MS })))
sandbox.listen(0, 'localhost')
await once(sandbox, 'listening')
afterAll(async () => {
  await closing.close()
  sandbox.close()
})

it('moves the clock without a real cloud only', async () => {
  expect(await aheadMs()).toBeCloseTo(DAY_MS, -3)

  await storeGrant(database, createTestClock(), { cloud: 'global' })

  expect(await aheadMs()).toBeCloseTo(0, -3)
  await expect(wrapped(readChaosOrders('before-send:1'))).rejects.toMatchObject({ code: 'config.faulty' })
})

async function aheadMs(): Promise<number> {
  const { clock } = await wrapped()
  return clock.now().getTime() - Date.now()
}

async function wrapped(orders: ChaosOrder[] = []) {
  const wrap = createRehearsal(new URL(`http://localhost:${(sandbox.address() as AddressInfo).port}/`), orders)
  return wrap({ log: silentLog, clock: createTestClock(), database, clouds: await loadClouds(), closing })
}
