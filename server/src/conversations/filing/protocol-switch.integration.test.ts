/** When a mailbox switches between Graph and IMAP, messages that arrive again are recognized as stored ones. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import {
  createTestClock,
  customerMessage,
  storeEmailAccount,
  storeFolder,
  testDatabase,
} from '../../../test/kit/index.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createConversations, type FilingAccount } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const events = createEvents(database)
const conversations = createConversations({ database, clock, events })
let account: FilingAccount

beforeEach(async () => {
  const { id } = await storeEmailAccount(database, clock)
  account = { id, address: 'support@contoso.example', createdAt: clock.now() }
  for (const remoteId of ['AAA-inbox', 'INBOX']) {
    await storeFolder(database, { emailAccountId: account.id, remoteId, name: remoteId, synced: true })
  }
})

const byGraph = (more: Partial<RemoteMessage> = {}) =>
  customerMessage(clock, 1, { remoteId: 'AAA1', folderRemoteId: 'AAA-inbox', messageId: 'a@customer.example', ...more })

/** The message as the other protocol has it: date and text differ, because each renders them in its own way. */
const byImap = (more: Partial<RemoteMessage> = {}) =>
  byGraph({
    remoteId: 'imap:7:1:INBOX',
    folderRemoteId: 'INBOX',
    sentAt: new Date('2025-12-31T22:11:07Z'),
    body: { type: 'text', content: 'rendered in another way' },
    ...more,
  })

async function file(message: RemoteMessage) {
  return database.transaction((tx) => conversations.filing.file(tx, account, message))
}

async function stored() {
  const rows = await database.db
    .selectFrom('messages')
    .leftJoin('message_locations', 'message_locations.message_id', 'messages.id')
    .select(['messages.remote_id', 'presence', 'message_locations.remote_id as place'])
    .where('email_account_id', '=', account.id)
    .orderBy('messages.remote_id')
    .execute()
  return rows.map(({ remote_id: remoteId, presence, place }) => [remoteId, presence, place])
}

describe('a message of the other protocol', () => {
  it('keeps its row, writes no event and gets the new id and location', async () => {
    const first = await file(byGraph())
    const told = await eventCount()
    const second = await file(byImap())

    expect(second).toEqual({ ...first, created: false })
    expect(await stored()).toEqual([['imap:7:1:INBOX', 'present', 'imap:7:1:INBOX']])
    expect(await eventCount()).toBe(told)

    // Switch back.
    expect(await file(byGraph())).toEqual({ ...first, created: false })
    expect(await stored()).toEqual([['AAA1', 'present', 'AAA1']])
    expect(await eventCount()).toBe(told)
  })

  it('is another one with another author or without a Message-ID', async () => {
    await file(byGraph())
    expect(await file(byImap({ from: { name: '', address: 'mallory@elsewhere.example' } }))).toMatchObject({
      created: true,
    })
    expect(await file(byImap({ remoteId: 'imap:7:2:INBOX', messageId: undefined }))).toMatchObject({ created: true })
    expect(await stored()).toHaveLength(3)
  })

  it('matches the nearest in time of two messages with the same Message-ID', async () => {
    const at = (minute: number) => new Date(Date.UTC(2025, 11, 31, 10, minute))
    await file(byGraph({ remoteId: 'AAA1', receivedAt: at(1) }))
    await file(byGraph({ remoteId: 'AAA2', receivedAt: at(9), body: { type: 'text', content: 'a second text' } }))
    await file(byImap({ remoteId: 'imap:7:9:INBOX', receivedAt: at(9) }))
    expect((await stored()).map(([remoteId]) => remoteId)).toEqual(['AAA1', 'imap:7:9:INBOX'])
  })

  it('is recognized only across protocols: within one, an equal Message-ID with another text is another message', async () => {
    await file(byImap())
    expect(
      await file(byImap({ remoteId: 'imap:7:2:INBOX', body: { type: 'text', content: 'something else' } })),
    ).toMatchObject({ created: true })
  })
})

async function eventCount(): Promise<number> {
  const rows = await database.db.selectFrom('events').select('id').where('email_account_id', '=', account.id).execute()
  return rows.length
}
