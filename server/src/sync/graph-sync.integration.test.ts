import { describe, expect, it } from 'vitest'
import { systemClock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { emailAccountsForTest, testDatabase } from '../../test/kit/index.ts'
import { createStage, pictureOf } from '../../test/sync/stage.ts'

const BEN = 'ben@contoso.example'
const database = await testDatabase()
const microsoft = await emailAccountsForTest()
const { sync, associate, emailAccounts, conversations } = createStage(database, systemClock, new Map())

interface Listed {
  value: { id: string; subject: string; isRead: boolean; isDraft: boolean }[]
}

async function listOf(folder: string): Promise<Listed['value']> {
  const { value } = await microsoft.ask<Listed>(BEN, 'GET', `/me/mailFolders/${folder}/messages?$top=500`)
  return value
}

async function synced(id: EmailAccountId): Promise<Awaited<ReturnType<typeof pictureOf>>> {
  await sync.wake(id)
  await sync.settled()
  return pictureOf(database, id)
}

describe('a Microsoft 365 mailbox', () => {
  it('is imported and follows new mail, answers of another client, moves and deletions, without being changed', async () => {
    await sync.start()
    for (let n = 0; n < 5; n++) {
      await microsoft.write({ from: 'kim@customer.example', to: BEN, subject: `Lamp ${n}`, text: `Hello ${n}` })
    }
    await expect.poll(async () => (await listOf('inbox')).length).toBeGreaterThanOrEqual(5)
    const before = await listOf('inbox')
    const { id } = await associate(BEN, await microsoft.open(BEN, 'me'))
    await sync.settled()

    expect(await emailAccounts.get(id)).toMatchObject({ state: 'connected', push: { state: 'polling' } })
    const imported = await pictureOf(database, id)
    expect(imported.filter(({ direction }) => direction === 'in').map(({ remote_id }) => remote_id)).toEqual(
      expect.arrayContaining(before.map(({ id: remoteId }) => remoteId)),
    )
    expect(await listOf('inbox')).toEqual(before)

    const lamps = before.filter(({ subject }) => subject.startsWith('Lamp'))
    const [read, moved, deleted] = lamps.map(({ id: remoteId }) => remoteId)
    await microsoft.ask(BEN, 'PATCH', `/me/messages/${read}`, { isRead: true })
    await microsoft.ask(BEN, 'POST', `/me/messages/${moved}/move`, { destinationId: 'archive' })
    await microsoft.ask(BEN, 'POST', `/me/messages/${deleted}/permanentDelete`)
    await microsoft.write({ from: 'kim@customer.example', to: BEN, subject: 'New', text: 'New one' })
    await expect.poll(async () => (await listOf('inbox')).some(({ subject }) => subject === 'New')).toBe(true)

    const after = new Map((await synced(id)).map((row) => [row.remote_id, row]))
    expect(after.size).toBe(imported.length + 1)
    expect(after.get(read!)).toMatchObject({ flags: ['seen'], presence: 'present', unread: false })
    expect(after.get(moved!)).toMatchObject({ presence: 'elsewhere' })
    expect(after.get(deleted!)).toMatchObject({ presence: 'gone' })
    const { conversations: found } = await conversations.reading.list({
      emailAccountIds: [id],
      view: 'open',
      search: 'new one',
    })
    expect(found).toMatchObject([{ subject: 'New', participants: [{ address: 'kim@customer.example' }] }])
    expect((await emailAccounts.get(id)).lastReceivedAt).toBeDefined()

    const again = await synced(id)
    expect(again).toEqual([...after.values()])
    await sync.stop()
  }, 60_000)
})
