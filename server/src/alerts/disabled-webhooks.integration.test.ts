/** Webhooks of alerts that are disabled, and switched on again. */
import { expect, it } from 'vitest'
import { newId, type AlertId } from '../kernel/ids.ts'
import { createWebhookStage, MINUTE_MS } from '../../test/kit/index.ts'
import { createAlertWebhooks } from './webhooks.ts'

const { database, clock, webhooks, deliver, got, respondWith, receiver } = await createWebhookStage()
const alertWebhooks = createAlertWebhooks(webhooks)
const add = () => alertWebhooks.add({ name: 'Chat', url: `${receiver}/chat` }, 'person:test')

async function alert(): Promise<void> {
  const id = newId<AlertId>()
  const row = { id, key: id, kind: 'incident.opened', subject: 'S', text: 'T', payload: '{}', created_at: clock.now() }
  await database.transaction(async (tx) => {
    await tx.insertInto('alerts').values(row).execute()
    await alertWebhooks.enqueue(tx, { id, kind: row.kind, body: { id } })
  })
}

it('shows why it is disabled, and sends what it missed once an admin switches it on', async () => {
  const { id } = await add()
  respondWith(() => 410)
  await alert()
  await deliver()
  const disabled = { at: clock.now(), reason: { code: 'webhooks.endpoint_gone' } }
  expect(await alertWebhooks.list()).toMatchObject([{ state: 'disabled', disabled, lastFailure: undefined }])
  await alert()
  await deliver()
  expect(got).toHaveLength(1)

  respondWith(() => 200)
  expect(await alertWebhooks.change(id, { state: 'active' }, 'person:test')).toMatchObject({ disabled: undefined })
  clock.advance(MINUTE_MS)
  await deliver()
  expect(got).toHaveLength(3)
})

it('gets nothing of the time in which an admin had disabled it', async () => {
  const { id } = await add()
  const off = await alertWebhooks.change(id, { state: 'disabled' }, 'person:test')
  expect(off).toMatchObject({ state: 'disabled', disabled: { reason: undefined } })
  await alert()
  await alertWebhooks.change(id, { state: 'active' }, 'person:test')
  await deliver()
  expect(got).toEqual([])
})
