import { describe, expect, it } from 'vitest'
import { systemClock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { emailAccountsForTest, testDatabase } from '../../test/kit/index.ts'
import type { MailTransport } from '../transports/index.ts'
import { createStage, listEventKinds } from '../../test/sync/stage.ts'

const BEN = 'ben@contoso.example'
const database = await testDatabase()
const microsoft = await emailAccountsForTest()
const transports = new Map<string, MailTransport>()
const { sync, associate, emailAccounts, conversations } = createStage(database, systemClock, transports)

async function read(id: EmailAccountId): Promise<void> {
  await sync.wake(id)
  await sync.settled()
}

async function messagesOf(id: EmailAccountId) {
  const rows = await database.db
    .selectFrom('messages')
    .select(['id', 'subject', 'presence', 'direction', 'conversation_id', 'remote_id'])
    .where('email_account_id', '=', id)
    .orderBy('id')
    .execute()
  return rows
}

const arrives = (subject: string) =>
  expect
    .poll(async () => {
      const { value } = await microsoft.ask<{ value: { subject: string }[] }>(
        BEN,
        'GET',
        '/me/mailFolders/inbox/messages?$top=500&$select=subject',
      )
      return value.map((each) => each.subject)
    })
    .toContain(subject)

describe('a mailbox that switches its protocol', () => {
  it('gets no second message or event in either direction, and loses no mail in between', async () => {
    await sync.start()
    for (const name of ['Lamp', 'Chair', 'Table']) {
      await microsoft.write({ from: 'kim@customer.example', to: BEN, subject: name, text: `About the ${name}` })
    }
    await arrives('Table')
    const graph = await microsoft.open(BEN, 'me')
    const { id } = await associate(BEN, graph)
    const { reading } = await microsoft.openByImap(BEN, BEN)
    transports.set(`imap ${BEN}`, { ...transports.get(BEN)!, reading })
    await read(id)
    const before = await messagesOf(id)
    const told = await listEventKinds(database, id)
    expect(before.length).toBeGreaterThan(3)
    const inRead = (kinds: readonly string[]) => kinds.filter((kind) => /^(?:message|conversation)\./.test(kind))

    // Moved out of its folder under one protocol, and looked up under the other.
    const lamp = before.find(({ subject }) => subject === 'Lamp')!
    await emailAccounts.update(id, { receivesBy: 'imap' }, 'admin')
    await read(id)
    expect(await emailAccounts.get(id)).toMatchObject({ receivesBy: 'imap', state: 'connected' })
    const byImap = await messagesOf(id)
    expect(byImap.map(({ remote_id: _id, ...rest }) => rest)).toEqual(before.map(({ remote_id: _id, ...rest }) => rest))
    expect(byImap.filter(({ remote_id: remoteId }) => !remoteId.startsWith('imap:'))).toEqual([])
    expect(inRead(await listEventKinds(database, id))).toEqual(inRead(told))

    await microsoft.write({ from: 'kim@customer.example', to: BEN, subject: 'By IMAP', text: 'New' })
    await arrives('By IMAP')
    await microsoft.ask(BEN, 'POST', `/me/messages/${lamp.remote_id}/move`, { destinationId: 'archive' })
    await emailAccounts.update(id, { receivesBy: 'graph' }, 'admin')
    await read(id)
    await read(id)

    const after = await messagesOf(id)
    expect(after.map(({ id: each }) => each).sort()).toEqual(
      [...before.map(({ id: each }) => each), after.find(({ subject }) => subject === 'By IMAP')!.id].sort(),
    )
    expect(after.filter(({ remote_id: remoteId }) => remoteId.startsWith('imap:'))).toEqual([])
    expect(after.find(({ subject }) => subject === 'Lamp')).toMatchObject({ presence: 'elsewhere' })
    const added = inRead((await listEventKinds(database, id)).slice(told.length))
    expect(added.filter((kind) => kind !== 'message.flags_changed')).toEqual([
      'conversation.created',
      'message.received',
    ])
    expect(await emailAccounts.get(id)).toMatchObject({ receivesBy: 'graph', state: 'connected' })
    expect(await conversations.filing.listUnconfirmed(id, 10)).toEqual([])
    await sync.stop()
  }, 90_000)
})
