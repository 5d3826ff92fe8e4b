import { describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { EmailAccountId, PersonId } from '../../kernel/ids.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, MOST_CLOSING_COUNTED, type FilingAccount } from '../index.ts'

const DAY_MS = 24 * 60 * 60_000
const database = await testDatabase()
const clock = createTestClock('2026-01-31T00:00:00Z')
const events = createEvents(database)
const written: unknown[] = []
const audit = { record: (_tx: unknown, record: unknown) => Promise.resolve(void written.push(record)) }

function createRoom() {
  return createConversations({ database, clock, events, audit })
}
const { filing, reading, team, reads, closings, closingService } = createRoom()

/** Mailbox with a conversation per age in days. */
async function newAccount(...ages: readonly number[]): Promise<FilingAccount> {
  const address = 'support@contoso.example'
  const { id } = await storeEmailAccount(database, clock, { address, folders: [{ role: 'inbox', synced: true }] })
  const account = { id, address, createdAt: daysAgo(1000) }
  const messages = ages.map((days, n) => customerMessage(clock, n, { receivedAt: daysAgo(days) }))
  await database.transaction((tx) => filing.fileMany(tx, account, messages))
  return account
}

const daysAgo = (days: number) => new Date(clock.now().getTime() - days * DAY_MS)
const listOf = async (id: EmailAccountId) =>
  (await reading.list({ emailAccountIds: [id], view: 'all', limit: 100 })).conversations
const statusesOf = async (id: EmailAccountId) => (await listOf(id)).map(({ status }) => status)
const eventsOf = async (id: EmailAccountId) =>
  (await events.list({ emailAccountIds: [id], limit: 500, kinds: ['email_account.conversations_closed'] })).events

async function closeOlderThan(id: EmailAccountId, days: number) {
  const begun = await closings.begin(id, daysAgo(days), 'person:anna')
  await closingService.work()
  return begun
}

it('closes the open and waiting conversations that were counted, and marks their mail as read', async () => {
  const { id } = await newAccount(1, 3, 4, 5, 6)
  const other = await newAccount(9)
  const all = await listOf(id)
  await team.wait(all[2]!.id, 'ben')
  await team.snooze(all[3]!.id, new Date(clock.now().getTime() + DAY_MS), 'ben')
  const before = daysAgo(2)

  expect(await closings.count(id, before)).toBe(3)
  expect(await closeOlderThan(id, 2)).toEqual({
    ...{ before, startedAt: clock.now(), closed: 0, finishedAt: undefined, undo: undefined },
    undoUntil: new Date(clock.now().getTime() + DAY_MS),
  })

  expect(await statusesOf(id)).toEqual(['open', 'closed', 'closed', 'snoozed', 'closed'])
  expect((await listOf(id)).map(({ unread }) => unread)).toEqual([true, false, false, true, false])
  expect((await reading.get(all[1]!.id)).messages.map(({ unread }) => unread)).toEqual([false])
  expect(await statusesOf(other.id)).toEqual(['open'])
  expect(await closings.find(id)).toMatchObject({ closed: 3, finishedAt: clock.now() })
  expect(written).toEqual([
    {
      actor: 'person:anna',
      action: 'email_account.conversations_closed',
      subject: id,
      detail: { before: before.toISOString(), count: 3 },
    },
  ])
})

it('marks conversations as read for a person who marked one as unread and was mentioned in another', async () => {
  const { id } = await newAccount(5, 6)
  const [marked, mentioning] = await listOf(id)
  const ben = { id: 'ben', since: daysAgo(1000) }
  await reads.markSeen(marked!.id, ben)
  await reads.markUnread(marked!.id, ben)
  await reads.markSeen(mentioning!.id, ben)
  await team.note(mentioning!.id, 'anna', '@Ben', ['ben' as PersonId])
  const unreadOf = async () => (await reads.forReader(ben, await listOf(id))).map(({ unread }) => unread)
  expect(await unreadOf()).toEqual([true, true])

  await closeOlderThan(id, 2)
  expect(await unreadOf()).toEqual([false, false])
})

it('writes an event per batch in place of one per conversation, and is opened by a reply', async () => {
  const account = await newAccount(...Array.from({ length: 600 }, (_, n) => 10 + n / 100))
  await closeOlderThan(account.id, 2)

  expect((await eventsOf(account.id)).map(({ payload }) => payload)).toEqual([
    { by: 'person:anna', count: 500, done: false },
    { by: 'person:anna', count: 100, done: false },
    { by: 'person:anna', count: 0, done: true },
  ])
  const reply = customerMessage(clock, 1000, { inReplyTo: ['m0@example.com'] })
  const [filed] = await database.transaction((tx) => filing.fileMany(tx, account, [reply]))
  expect(await reading.find(filed!.conversationId)).toMatchObject({ status: 'open', unread: true, needsReply: true })
})

it('counts up to a maximum', async () => {
  const { id } = await newAccount(5)
  await database.pool.query(
    `INSERT INTO conversations (id, email_account_id, subject, status, participants, preview, unread, needs_reply,
       message_count, last_message_at, created_at)
     SELECT gen_random_uuid(), $1, 'Order', 'open', '[]', '', false, true, 1, $3::timestamptz, $3
     FROM generate_series(1, $2::int)`,
    [id, MOST_CLOSING_COUNTED, daysAgo(4)],
  )
  expect(await closings.count(id, daysAgo(2))).toBe(MOST_CLOSING_COUNTED)

  await closings.begin(id, daysAgo(2), 'person:anna')
  expect(written.at(-1)).toMatchObject({ detail: { count: MOST_CLOSING_COUNTED, isAtLeast: true } })
  // Later tests close no mail of this mailbox.
  await database.db.deleteFrom('conversation_closings').where('email_account_id', '=', id).execute()
})

it('leaves a conversation that its snooze has brought back since, and one that someone changes at the moment', async () => {
  const { id } = await newAccount(5, 6, 7)
  const [woken, held] = await listOf(id)
  await database.db.updateTable('conversations').set({ woken_at: clock.now() }).where('id', '=', woken!.id).execute()
  const isHeld = Promise.withResolvers<undefined>()
  const release = Promise.withResolvers<undefined>()
  const change = database.transaction(async (tx) => {
    await tx.selectFrom('conversations').select('id').where('id', '=', held!.id).forUpdate().execute()
    isHeld.resolve(undefined)
    await release.promise
  })
  await isHeld.promise
  await closeOlderThan(id, 2)
  expect(await statusesOf(id)).toEqual(['open', 'open', 'closed'])
  expect((await closings.find(id))!.finishedAt).toBeUndefined()
  await expect(closings.begin(id, daysAgo(1), 'person:anna')).rejects.toMatchObject({
    code: 'conversations.closing_under_way',
  })

  release.resolve(undefined)
  await change
  // Another process continues.
  await createRoom().closingService.work()
  expect(await statusesOf(id)).toEqual(['open', 'closed', 'closed'])
  expect(await closings.find(id)).toMatchObject({ closed: 2, finishedAt: clock.now() })
})

describe('undo of a closing', () => {
  it('opens what it has closed and nothing has changed since, with status and read state as before', async () => {
    const { id } = await newAccount(5, 6, 7, 8, 9)
    const other = await newAccount(9)
    const [plain, waiting, assigned, reclosed, read] = (await listOf(id)).map((each) => each.id)
    await team.wait(waiting!, 'ben')
    const ben = { id: 'ben', since: daysAgo(1000) }
    await reads.markSeen(waiting!, ben)
    await reads.markUnread(waiting!, ben)
    await reads.markSeen(read!, ben)
    await team.note(read!, 'anna', '@Ben', ['ben' as PersonId])
    const stateOf = async () => {
      const list = await listOf(id)
      return { list, forBen: (await reads.forReader(ben, list)).map(({ unread }) => unread) }
    }
    const before = await stateOf()
    await closeOlderThan(id, 2)
    await closeOlderThan(other.id, 2)
    await team.assign(assigned!, 'anna', 'anna')
    await team.reopen(reclosed!, 'anna')
    await team.close(reclosed!, 'anna')
    await reads.markSeen(read!, ben)

    expect(await closings.undo(id, 'person:ben')).toMatchObject({ undoUntil: undefined, undo: { reopened: 0 } })
    await closingService.work()

    const after = await stateOf()
    expect(after.list.map(({ status }) => status)).toEqual(['open', 'waiting', 'closed', 'closed', 'open'])
    for (const at of [0, 1, 4]) expect(after.list[at]).toEqual(before.list[at])
    expect(before.forBen).toEqual([true, true, true, true, true])
    expect(after.forBen).toEqual([true, true, false, false, false])
    expect((await reading.get(plain!)).messages.map(({ unread }) => unread)).toEqual([true])
    expect(await statusesOf(other.id)).toEqual(['closed'])
    expect(await closings.find(id)).toMatchObject({ closed: 5, undo: { reopened: 3, finishedAt: clock.now() } })
    expect(written.at(-1)).toEqual({ actor: 'person:ben', action: 'email_account.conversations_reopened', subject: id })
    const { events: told } = await events.list({
      ...{ emailAccountIds: [id], limit: 10, kinds: ['email_account.conversations_reopened'] },
    })
    expect(told.map(({ payload }) => payload)).toEqual([{ by: 'person:ben', count: 3, done: true }])
    await expect(closings.undo(id, 'person:ben')).rejects.toMatchObject({ code: 'conversations.closing_kept' })
    // Another closing is possible, and only that one is undone.
    await closeOlderThan(id, 8)
    await closings.undo(id, 'person:ben')
    await closingService.work()
    expect(await statusesOf(id)).toEqual(['open', 'waiting', 'closed', 'closed', 'open'])
  })

  it('ends a closing that still works, and refuses another one until it is finished', async () => {
    const { id } = await newAccount(5, 6)
    await closings.begin(id, daysAgo(2), 'person:anna')
    await closings.undo(id, 'person:anna')
    await expect(closings.begin(id, daysAgo(1), 'person:anna')).rejects.toMatchObject({
      code: 'conversations.closing_under_way',
    })
    await closingService.work()
    expect(await statusesOf(id)).toEqual(['open', 'open'])
    expect(await closings.find(id)).toMatchObject({ closed: 0, undo: { reopened: 0, finishedAt: clock.now() } })
  })

  it('is possible for a day, after which nothing is stored for it', async () => {
    const { id } = await newAccount(5)
    await closeOlderThan(id, 2)
    const stored = () =>
      database.db.selectFrom('closed_conversations').select('former').where('email_account_id', '=', id).execute()
    expect(await stored()).toHaveLength(1)
    clock.advance(DAY_MS)
    expect((await closings.find(id))!.undoUntil).toBeUndefined()
    await expect(closings.undo(id, 'person:anna')).rejects.toMatchObject({ code: 'conversations.closing_kept' })
    await closingService.work()
    expect(await stored()).toEqual([])
    await expect(closings.undo(await unclosed(), 'person:anna')).rejects.toMatchObject({
      code: 'conversations.closing_kept',
    })
  })

  const unclosed = async () => (await newAccount(5)).id
})
