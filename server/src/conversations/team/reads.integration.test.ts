import { expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock()
const events = createEvents(database)
const { filing, reads, reading, team } = createConversations({ database, clock, events })
const { id: emailAccountId } = await storeEmailAccount(database, clock)
const account = { id: emailAccountId, address: 'us@contoso.example', createdAt: clock.now() }
const BEN = { id: 'ben', since: clock.now() }
const ANN = { id: 'ann', since: clock.now() }
let number = 0

async function file(more: Partial<RemoteMessage> = {}) {
  clock.advance(1000)
  const message = { ...customerMessage(clock, ++number), receivedAt: clock.now(), ...more }
  const filed = await database.transaction((tx) => filing.file(tx, account, message))
  return { id: filed!.conversationId, messageId: filed!.messageId, reply: { inReplyTo: [message.messageId!] }, message }
}

async function isUnread(id: ConversationId, reader: typeof BEN) {
  const conversation = (await reading.find(id))!
  const [row] = await reads.forReader(reader, [conversation])
  const view = await reads.viewFor(reader, await reading.get(id))
  expect(view.conversation.unread).toBe(row!.unread)
  return [row!.unread, ...view.messages.map((message) => message.unread)]
}

it('each person reads a conversation for themselves, until the next message', async () => {
  const { id, reply } = await file()
  expect([await isUnread(id, BEN), await isUnread(id, ANN)]).toEqual([
    [true, true],
    [true, true],
  ])
  clock.advance(1000)
  await reads.markSeen(id, BEN)
  await reads.markSeen(id, BEN)
  expect([await isUnread(id, BEN), await isUnread(id, ANN)]).toEqual([
    [false, false],
    [true, true],
  ])
  expect(await reads.seenBy(id)).toEqual([{ personId: 'ben', at: clock.now() }])

  await file(reply)
  expect(await isUnread(id, BEN)).toEqual([true, false, true])
  expect(await reads.seenBy(id)).toEqual([])
  const { events: all } = await events.list({ subjectId: id, emailAccountIds: 'all', limit: 50 })
  expect(all.filter(({ kind }) => kind === 'conversation.seen')).toHaveLength(1)
})

it('a person marks a conversation as unread for themselves, also one whose mail was read in the mailbox', async () => {
  const { id } = await file({ flags: ['seen'] })
  expect(await isUnread(id, BEN)).toEqual([false, false])
  await reads.markUnread(id, BEN)
  expect([await isUnread(id, BEN), await isUnread(id, ANN)]).toEqual([
    [true, false],
    [false, false],
  ])
  expect(await reads.seenBy(id)).toEqual([])
  await reads.markSeen(id, BEN)
  expect(await isUnread(id, BEN)).toEqual([false, false])
})

it('mail from before a person joined counts as read', async () => {
  const { id, reply } = await file()
  clock.advance(1000)
  const newcomer = { id: 'eve', since: clock.now() }
  expect(await isUnread(id, newcomer)).toEqual([false, false])
  await file(reply)
  expect(await isUnread(id, newcomer)).toEqual([true, false, true])
})

it('mail that is read in the mailbox is read for everybody', async () => {
  const { id, message } = await file()
  const change = { ...message, flags: ['seen'] }
  await database.transaction((tx) => filing.file(tx, account, change))
  expect(await isUnread(id, BEN)).toEqual([false, false])
})

it('a split keeps what is unread', async () => {
  const { id, reply } = await file()
  clock.advance(1000)
  await reads.markSeen(id, BEN)
  const { messageId } = await file(reply)
  const part = await team.split(id, [messageId], 'person:ann')
  expect([await isUnread(part.id, BEN), await isUnread(id, BEN)]).toEqual([
    [true, true],
    [false, false],
  ])
})
