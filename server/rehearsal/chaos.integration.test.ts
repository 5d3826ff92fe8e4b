import { expect, it } from 'vitest'
import { chaosAround, chaosOf, CHAOS_STEPS } from './chaos.ts'
import { readChaosOrders } from './chaos-points.ts'
import { createClouds, loadClouds } from '../src/cloud-providers/index.ts'
import { createTestClock, storeGrant, testDatabase } from '../test/kit/index.ts'

const database = await testDatabase()
const orders = readChaosOrders('before-send:1')!

it('is refused when a Cloud Provider of a real cloud exists', async () => {
  const clouds = await loadClouds()
  expect(await chaosOf(orders, database, createClouds([]))).toBeDefined()

  await storeGrant(database, createTestClock(), { cloud: 'global' })

  await expect(chaosOf(orders, database, clouds)).rejects.toMatchObject({ code: 'config.faulty' })
})

it('wraps nothing without an order', async () => {
  expect(await chaosOf([], database, await loadClouds())).toBeUndefined()
})

it('reaches each of its steps, including those around transaction commits and single-statement transactions', async () => {
  const steps: string[] = []
  const chaos = chaosAround((step) => steps.push(step))
  const server = {
    sending: { send: async () => undefined, appendSent: async () => undefined },
    createDraft: async () => undefined,
    sendDraft: async () => undefined,
    findSent: async () => undefined,
    fetchMessage: async () => undefined,
    async *changes() {
      yield 'page'
    },
  }
  const { open } = chaos.transports({ open: () => Promise.resolve(server) })
  const opened = await open()
  for await (const page of opened.changes()) expect(page).toBe('page')
  await opened.fetchMessage()
  await opened.createDraft()
  await opened.sendDraft()
  await opened.sending.send()
  await opened.sending.appendSent()
  await opened.findSent()
  await chaos.database(database).transaction(async () => steps.push('work'))

  expect(steps.slice(-3)).toEqual(['work', 'before-commit', 'committed'])
  await chaos.database(database).oneStatement(async () => steps.push('work'))
  expect(steps.slice(-3)).toEqual(['before-commit', 'work', 'committed'])
  expect(new Set(steps.filter((step) => step !== 'work'))).toEqual(new Set(CHAOS_STEPS))
})
