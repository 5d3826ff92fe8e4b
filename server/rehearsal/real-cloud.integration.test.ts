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
  await expectAhead(DAY_MS)

  await storeGrant(database, createTestClock(), { cloud: 'global' })

  await expectAhead(0)
  await expect(wrapped(readChaosOrders('before-send:1'))).rejects.toMatchObject({ code: 'config.faulty' })
})

async function expectAhead(ms: number): Promise<void> {
  const { clock } = await wrapped()
  const before = Date.now()
  const now = clock.now().getTime()
  expect(now).toBeGreaterThanOrEqual(before + ms)
  expect(now).toBeLessThanOrEqual(Date.now() + ms)
}

async function wrapped(orders: ChaosOrder[] = []) {
  const wrap = createRehearsal(new URL(`http://localhost:${(sandbox.address() as AddressInfo).port}/`), orders)
  return wrap({ log: silentLog, clock: createTestClock(), database, clouds: await loadClouds(), closing })
}
