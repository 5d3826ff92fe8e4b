/** Audit entries of settings, removal, and the pause after a restore. */
import { describe, expect, it } from 'vitest'
import { createLockQueue, createWebhookStage } from '../../test/kit/index.ts'
import { advisoryLock } from '../database/index.ts'
import type { WebhookEndpointId } from '../kernel/ids.ts'
import { pauseAfterRestore } from './index.ts'

const { database, clock, events, webhooks, deliver, add, happen, idsOf, audited, incidents, respondWith } =
  await createWebhookStage()
const lockQueue = createLockQueue(database)
const TOKEN = 'a-token-in-the-path'

it('records which settings changed, with the origin of the address only', async () => {
  const { id } = await add(`/${TOKEN}`, { kinds: ['message.*'] })
  await webhooks.endpoints.change(id, { kinds: null, includesMessage: true, concurrency: 2 }, 'person:test')
  await webhooks.endpoints.change(id, { url: `https://hooks.contoso.example/${TOKEN}?key=1` }, 'person:test')
  await webhooks.endpoints.remove(id, 'person:test')

  const name = `/${TOKEN}`
  const origin = 'https://hooks.contoso.example'
  expect(audited.map(({ action, detail }) => [action, JSON.parse(JSON.stringify(detail)) as object])).toEqual([
    [
      'webhook.added',
      { name, kinds: ['message.*'], emailAccountIds: 'all', origin: expect.stringMatching(/:\d+$/) as string },
    ],
    ['webhook.changed', { name, kinds: 'all', includesMessage: true, concurrency: 2 }],
    ['webhook.changed', { name, origin }],
    ['webhook.removed', { name, origin }],
  ])
})

it('keeps of the address of a removed webhook only its origin', async () => {
  const { id } = await add(`/${TOKEN}?key=${TOKEN}`, { name: 'Shop' })
  await happen('c')
  await deliver()
  await webhooks.endpoints.remove(id, 'person:test')
  for (const table of ['webhook_endpoints', 'webhook_deliveries', 'webhook_secrets']) {
    const { rows } = await database.pool.query<{ text: string }>(`SELECT ${table}::text AS text FROM ${table}`)
    expect(rows.map(({ text }) => text).join(), table).not.toContain(TOKEN)
  }
})

it('a restored database posts nothing until an admin resumes, and then with ids that were never used', async () => {
  const [delivering, skipping] = [await add('/deliver'), await add('/skip')]
  const disabled = await add('/disabled')
  await webhooks.endpoints.change(disabled.id, { state: 'disabled' }, 'person:test')
  const [waiting] = await happen('c')
  const restore = { detectedAt: clock.now() }
  expect(await database.transaction((tx) => pauseAfterRestore(tx, restore))).toBe(2)
  await deliver()
  expect([idsOf('/deliver'), idsOf('/skip')]).toEqual([[], []])
  expect(await webhooks.endpoints.get(skipping.id)).toMatchObject({
    ...{ state: 'disabled', reason: { code: 'webhooks.database_restored' } },
  })
  expect(incidents.filter((line) => line.startsWith('open'))).toHaveLength(2)
  // A new address decides nothing about the backlog.
  await webhooks.endpoints.change(skipping.id, { url: skipping.url }, 'person:test')
  expect((await webhooks.endpoints.get(skipping.id)).state).toBe('disabled')

  await webhooks.endpoints.change(delivering.id, { state: 'active', backlog: 'deliver' }, 'person:test')
  await webhooks.endpoints.change(skipping.id, { state: 'active', backlog: 'skip' }, 'person:test')
  const [next] = await happen('c')
  await deliver()

  expect([idsOf('/deliver'), idsOf('/skip')]).toEqual([[waiting, next], [next]])
  expect(Number(next)).toBeGreaterThan(Number(waiting) + 50_000_000)
  expect(await events.position()).toBe(Number(next))
})

describe('a key that changes its webhook while an admin takes it over', () => {
  const { endpoints, deliveries } = webhooks
  const key = 'api-key:1'
  it.each<[string, (id: WebhookEndpointId, url: string) => Promise<unknown>]>([
    ['change', (id, url) => endpoints.change(id, { url: `${url}/other` }, key)],
    ['new secret', (id) => endpoints.rotate(id, key)],
    ['removal', (id) => endpoints.remove(id, key)],
    ['replay', (id) => deliveries.replay(id, { after: 0 }, key)],
    [
      'replay of one delivery',
      async (id) => deliveries.replayOne(id, (await deliveries.list(id, { limit: 1 })).deliveries[0]!.id, key),
    ],
  ])('is refused: %s', async (_what, request) => {
    const { id, url } = await add('/a', {}, key)
    await happen('c')
    await deliver()
    const result = await database.transaction(async (tx) => {
      await tx.updateTable('webhook_endpoints').set({ owner: 'person:other' }).where('id', '=', id).execute()
      const refused = request(id, url).catch((error: unknown) => error)
      await lockQueue.waiting(1)
      return { refused }
    })
    expect(await result.refused).toMatchObject({ code: 'webhooks.not_owner' })
    expect(await endpoints.get(id)).toMatchObject({ url, owner: 'person:other', replay: undefined })
  })
})

it('skips deliveries that wait for a retry, too', async () => {
  const { id } = await add()
  respondWith(() => 500)
  const [first] = await happen('c')
  await deliver()
  await webhooks.endpoints.change(id, { state: 'disabled' }, 'person:test')
  await webhooks.endpoints.change(id, { state: 'active', backlog: 'skip' }, 'person:test')
  clock.advance(60_000)
  await deliver()
  expect(idsOf('/a')).toEqual([first])
})

it('webhooks are added one after the other, because their number is limited', async () => {
  const { added } = await database.transaction(async (tx) => {
    await advisoryLock('webhooks.add').execute(tx)
    const added = add()
    await lockQueue.waiting(1)
    return { added }
  })
  expect(await added).toMatchObject({ state: 'active' })
})
