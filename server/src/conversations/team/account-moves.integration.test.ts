import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { createEvents } from '../../events/index.ts'
import { Secret } from '../../kernel/secret.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import { REMOVED_PREFIX, type RemoteMessage } from '../../mail/index.ts'
import {
  createTestClock,
  customerMessage,
  storeEmailAccount,
  storeFolder,
  testDatabase,
  WAIT,
} from '../../../test/kit/index.ts'
import { createConversations, type FilingAccount } from '../index.ts'
import { lockAccount } from '../threading/account-lock.ts'

const database = await testDatabase()
const clock = createTestClock()
const events = createEvents(database)
const conversations = createConversations({ database, clock, events, secrets: [new Secret('moves-test')] })
const { filing, outgoing, reading, team } = conversations
const KIM = { name: 'Kim', address: 'kim@customer.example' }
let count = 0

async function newAccount(): Promise<FilingAccount> {
  const { id } = await storeEmailAccount(database, clock)
  await storeFolder(database, { emailAccountId: id, remoteId: 'inbox', name: 'Inbox', role: 'inbox', synced: true })
  return { id, address: `us${++count}@contoso.example`, createdAt: new Date(0) }
}

async function receive(account: FilingAccount, more: Partial<RemoteMessage> = {}) {
  const n = ++count
  const message = customerMessage(clock, n, {
    ...{ from: KIM, messageId: `m${n}@x`, remoteConversationId: undefined, receivedAt: clock.now() },
    ...more,
  })
  const filed = await database.transaction((tx) => filing.file(tx, account, message))
  return { ...filed!, message }
}

async function move(id: ConversationId, to: FilingAccount) {
  const { emailAccountId: from } = (await reading.find(id))!
  return team.moveToAccount(id, { from, to: to.id, agentIds: [], actor: 'person:1' })
}

async function lastEvent(subjectId: string) {
  const { events: all } = await events.list({ emailAccountIds: 'all', subjectId, limit: 500 })
  return all.at(-1)
}

const found = async (id: EmailAccountId, search: string) =>
  (await reading.list({ emailAccountIds: [id], view: 'all', search })).conversations.map((each) => each.id)

describe('answers to a moved conversation', () => {
  it.each(['inReplyTo', 'references'] as const)('join it from the former address by %s', async (field) => {
    const [old, target] = [await newAccount(), await newAccount()]
    const { conversationId: id, message } = await receive(old)
    await team.close(id, 'test')
    await move(id, target)
    const answer = await receive(old, { [field]: [message.messageId!] })
    expect(answer.conversationId).toBe(id)
    expect(await reading.find(id)).toMatchObject({ emailAccountId: target.id, status: 'open', messageCount: 2 })
    expect(await lastEvent(answer.messageId)).toMatchObject({ kind: 'message.received', emailAccountId: target.id })
    expect(await lastEvent(id)).toMatchObject({ kind: 'conversation.reopened', emailAccountId: target.id })
  })

  it('join it at either address, whichever mailbox has the message that they answer', async () => {
    const [old, target] = [await newAccount(), await newAccount()]
    const { conversationId: id, message } = await receive(old)
    await move(id, target)
    await database.transaction((tx) => outgoing.expectAnswers(tx, id, 'ours@x'))
    const later = await receive(old, { inReplyTo: [message.messageId!] })
    for (const account of [old, target]) {
      for (const messageId of [message.messageId!, 'ours@x', later.message.messageId!]) {
        expect((await receive(account, { inReplyTo: [messageId] })).conversationId).toBe(id)
      }
    }
  })

  it('join it by the server and by a token, and a token leads to it from no other mailbox', async () => {
    const [old, target, other] = [await newAccount(), await newAccount(), await newAccount()]
    const { conversationId: id } = await receive(old, { remoteConversationId: 'thread' })
    const references = outgoing.referencesFor(id, target.address, [])
    await move(id, target)
    expect((await receive(old, { remoteConversationId: 'thread' })).conversationId).toBe(id)
    expect((await receive(old, { references })).conversationId).toBe(id)
    expect((await receive(target, { references })).conversationId).toBe(id)
    expect((await receive(other, { references })).conversationId).not.toBe(id)
  })

  it('join it by subject where the former mailbox does so', async () => {
    const [plain, target] = [await newAccount(), await newAccount()]
    const old = { ...plain, joinsBySubject: true }
    const { conversationId: id } = await receive(old, { subject: 'Kettle' })
    await move(id, target)
    expect((await receive(old, { subject: 'Re: Kettle' })).conversationId).toBe(id)
  })

  it('join the right one after a split, a merge and a second move', async () => {
    const [old, target, third] = [await newAccount(), await newAccount(), await newAccount()]
    const { conversationId: id, message } = await receive(old)
    const second = await receive(old, { inReplyTo: [message.messageId!] })
    await move(id, target)
    const split = await team.split(id, [second.messageId], 'test')
    expect((await receive(old, { inReplyTo: [second.message.messageId!] })).conversationId).toBe(split.id)
    const native = await receive(target)
    await team.merge(split.id, native.conversationId, 'test')
    expect((await receive(old, { inReplyTo: [second.message.messageId!] })).conversationId).toBe(native.conversationId)
    await move(native.conversationId, third)
    for (const account of [old, target, third]) {
      const answer = await receive(account, { inReplyTo: [second.message.messageId!] })
      expect(answer.conversationId).toBe(native.conversationId)
    }
    expect(await reading.find(split.id)).toMatchObject({ emailAccountId: third.id })
  })

  it('in Junk of the former mailbox are recognized', async () => {
    const [old, target] = [await newAccount(), await newAccount()]
    const { conversationId: id, message } = await receive(old)
    await move(id, target)
    const answer = customerMessage(clock, ++count, { from: KIM, inReplyTo: [message.messageId!] })
    expect([...(await filing.findAnswers(old, [answer]))]).toEqual([answer.remoteId])
  })
})

it('a moved message is still changed and deleted by its own mailbox, and the agents of the new one are notified', async () => {
  const [old, target] = [await newAccount(), await newAccount()]
  const { conversationId: id, messageId, message } = await receive(old)
  await move(id, target)
  await receive(old, { ...message, flags: ['seen'] })
  expect(await lastEvent(messageId)).toMatchObject({ kind: 'message.flags_changed', emailAccountId: target.id })
  expect(await reading.find(id)).toMatchObject({ unread: false, messageCount: 1 })
  await database.transaction((tx) => filing.removeFromFolder(tx, old, 'inbox', message.remoteId))
  expect(await filing.listUnconfirmed(old.id, 10)).toMatchObject([{ id: messageId }])
  await database.transaction((tx) => filing.confirmPresence(tx, old, messageId, undefined))
  expect(await lastEvent(messageId)).toMatchObject({ kind: 'message.removed', emailAccountId: target.id })
})

it.each(['before', 'after'])('its words, indexed %s the move, are found in the new mailbox alone', async (when) => {
  const [old, target] = [await newAccount(), await newAccount()]
  const { conversationId: id } = await receive(old, { body: { type: 'text', content: 'zebra' } })
  await team.note(id, 'test', 'lynx')
  if (when === 'before') await conversations.searchIndex.drain()
  await move(id, target)
  await conversations.searchIndex.drain()
  await receive(old, { inReplyTo: [`m${count}@x`], subject: 'okapi' })
  await conversations.searchIndex.drain()
  for (const word of ['zebra', 'lynx', 'okapi']) {
    expect(await found(target.id, word)).toEqual([id])
    expect(await found(old.id, word)).toEqual([])
  }
})

const moveMany = (
  room: typeof conversations,
  ids: readonly ConversationId[],
  to: FilingAccount,
  from?: FilingAccount,
) =>
  room.bulk.change({
    ...{ ids, action: { kind: 'move', to: to.id, from: from?.id }, agentIds: [], actor: 'person:1' },
    visibleAccounts: 'all',
  })

async function isWaiting(): Promise<boolean> {
  const { rows } = await sql`SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(database.db)
  return rows.length > 0
}

describe('a move of many', () => {
  it('takes words of all months along, from whichever mailbox each comes', async () => {
    const [one, other, target] = [await newAccount(), await newAccount(), await newAccount()]
    const receiveGazelle = (account: FilingAccount, receivedAt: string) =>
      receive(account, { receivedAt: new Date(receivedAt), body: { type: 'text', content: 'gazelle' } })
    const filed = [
      await receiveGazelle(one, '2026-03-01T00:00:00Z'),
      await receiveGazelle(other, '2026-05-01T00:00:00Z'),
    ]
    const stays = await receiveGazelle(one, '2026-03-02T00:00:00Z')
    await conversations.searchIndex.drain()
    const ids = filed.map(({ conversationId }) => conversationId)
    await moveMany(conversations, ids, target)
    expect((await found(target.id, 'gazelle')).sort()).toEqual(ids.sort())
    expect(await found(one.id, 'gazelle')).toEqual([stays.conversationId])
    expect(await found(other.id, 'gazelle')).toEqual([])
    const { rows } = await sql`SELECT FROM search_entries WHERE email_account_id = ${target.id}
      AND tsvector_to_array(search) && ARRAY[${`=${one.id}`}, ${`=${other.id}`}]`.execute(database.db)
    expect(rows).toEqual([])
  })

  it('lets answers to any of them join from the former address', async () => {
    const [old, target] = [await newAccount(), await newAccount()]
    const filed = [await receive(old), await receive(old)]
    const ids = filed.map(({ conversationId }) => conversationId)
    await moveMany(conversations, ids, target)
    for (const { conversationId, message } of filed) {
      const answer = await receive(old, { inReplyTo: [message.messageId!] })
      expect(answer.conversationId).toBe(conversationId)
    }
  })

  it('changes nothing when it fails in the middle, and can be repeated', async () => {
    const [old, target] = [await newAccount(), await newAccount()]
    const ids = [(await receive(old)).conversationId, (await receive(old)).conversationId]
    const audit = { record: () => Promise.reject(new Error('connection lost')) }
    await expect(moveMany(createConversations({ database, clock, events, audit }), ids, target)).rejects.toThrow()
    for (const id of ids) {
      expect(await reading.find(id)).toMatchObject({ emailAccountId: old.id })
      expect(await lastEvent(id)).toMatchObject({ kind: 'conversation.created', emailAccountId: old.id })
    }
    expect(await moveMany(conversations, ids, target)).toMatchObject({ changed: ids.sort(), refused: [] })
  })
})

it('locks mailboxes and conversations in the order of their ids, so that two moves can’t wait for each other', async () => {
  const [first, last] = [await newAccount(), await newAccount()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const ids = [(await receive(first!)).conversationId, (await receive(first!)).conversationId].sort()
  const moved = Promise.withResolvers<{ changed: ConversationId[] }>()
  await database.transaction(async (tx) => {
    await lockAccount(tx, first!)
    moved.resolve(moveMany(conversations, ids.toReversed(), last!))
    await vi.waitUntil(isWaiting, WAIT)
    // Free, as the move waits for the first one.
    await lockAccount(tx, last!)
  })
  expect((await moved.promise).changed.sort()).toEqual(ids)

  // Stored after the other one, so that a scan without an order would lock it last.
  const isStoredLast = async () => {
    await sql`UPDATE conversations SET subject = subject || '.' WHERE id = ${ids[0]}`.execute(database.db)
    const { rows } = await sql<{ id: string }>`SELECT id FROM conversations WHERE id = ANY(${ids}::uuid[])
      ORDER BY ctid`.execute(database.db)
    return rows[1]!.id === ids[0]
  }
  await vi.waitUntil(isStoredLast, WAIT)
  const back = Promise.withResolvers<{ changed: ConversationId[] }>()
  await database.transaction(async (tx) => {
    await sql`SELECT FROM conversations WHERE id = ${ids[0]} FOR UPDATE`.execute(tx)
    back.resolve(moveMany(conversations, ids.toReversed(), first!))
    await vi.waitUntil(isWaiting, WAIT)
    await sql`SELECT FROM conversations WHERE id = ${ids[1]} FOR UPDATE NOWAIT`.execute(tx)
  })
  expect((await back.promise).changed.sort()).toEqual(ids)
})

it('locks no mailbox of a conversation that stays', async () => {
  const [one, other, target] = [await newAccount(), await newAccount(), await newAccount()]
  const [goes, stays, there] = [await receive(one), await receive(other), await receive(other)].map(
    ({ conversationId }) => conversationId,
  )
  await move(there!, target)
  await database.transaction(async (tx) => {
    await lockAccount(tx, other)
    expect(await moveMany(conversations, [goes!, stays!, there!], target, one)).toMatchObject({
      ...{ changed: [goes], unchanged: 1, refused: [{ id: stays, code: 'conversations.moved_on' }] },
    })
  })
})

it('starts again when a merge brings a further mailbox while it waits, and locks that, too', async () => {
  const [old, third, target] = [await newAccount(), await newAccount(), await newAccount()]
  const { conversationId: id } = await receive(old)
  const { conversationId: merged } = await receive(third)
  await move(merged, old)
  const moved = Promise.withResolvers<{ changed: ConversationId[] }>()
  await database.transaction(async (holder) => {
    await lockAccount(holder, third)
    await database.transaction(async (tx) => {
      await lockAccount(tx, old)
      moved.resolve(moveMany(conversations, [id], target))
      await vi.waitUntil(isWaiting, WAIT)
      await team.merge(merged, id, 'test')
    })
    const isWaitingForThird = async () => {
      const { rows } = await sql`SELECT FROM pg_locks AS held
        JOIN pg_locks AS wanted USING (locktype, database, classid, objid, objsubid)
        WHERE held.pid = pg_backend_pid() AND held.granted AND NOT wanted.granted`.execute(holder)
      return rows.length > 0
    }
    await vi.waitUntil(isWaitingForThird, WAIT)
  })
  expect((await moved.promise).changed).toEqual([id])
  expect(await reading.find(merged)).toMatchObject({ emailAccountId: target.id })
})

describe('removal of a mailbox', () => {
  const remove = ({ id }: FilingAccount) => database.db.deleteFrom('email_accounts').where('id', '=', id).execute()

  it('keeps conversations that moved away, with their messages as deleted at the server', async () => {
    const [old, target] = [await newAccount(), await newAccount()]
    const moved = await receive(old)
    const stays = await receive(old)
    await move(moved.conversationId, target)
    await remove(old)
    expect(await reading.find(stays.conversationId)).toBeUndefined()
    const { messages } = await reading.get(moved.conversationId)
    expect(messages).toMatchObject([{ id: moved.messageId, presence: 'gone', remoteAccountId: target.id }])
    expect(messages[0]!.remoteId.startsWith(REMOVED_PREFIX)).toBe(true)
    await database.transaction((tx) => outgoing.expectAnswers(tx, moved.conversationId, 'later@x'))
    expect((await receive(target, { inReplyTo: ['later@x'] })).conversationId).toBe(moved.conversationId)
  })

  it('deletes conversations that moved into it, and no other mail of their former mailbox', async () => {
    const [old, target] = [await newAccount(), await newAccount()]
    const [moved, stays] = [await receive(old), await receive(old)]
    await move(moved.conversationId, target)
    await remove(target)
    expect(await reading.find(moved.conversationId)).toBeUndefined()
    expect(await reading.counts(old.id)).toMatchObject({ conversations: 1, messages: 1 })
    expect(await reading.find(stays.conversationId)).toBeDefined()
  })
})

it('opposite moves of two conversations do not deadlock', async () => {
  const [one, other] = [await newAccount(), await newAccount()]
  const [mine, theirs] = [await receive(one), await receive(other)]
  await Promise.all([move(mine.conversationId, other), move(theirs.conversationId, one)])
  expect(await reading.find(mine.conversationId)).toMatchObject({ emailAccountId: other.id })
  expect(await reading.find(theirs.conversationId)).toMatchObject({ emailAccountId: one.id })
})
