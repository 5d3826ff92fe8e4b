import { expect, it } from 'vitest'
import { newId, type EmailAccountId } from '../../kernel/ids.ts'
import {
  countStatements,
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const { ask, person, rooms } = await createTestApp(database, clock)
const { conversations, events } = rooms

const address = 'support@contoso.example'
const ours = await storeEmailAccount(database, clock, { address, kind: 'user' })
const theirs = await storeEmailAccount(database, clock, { address: 'billing@contoso.example', kind: 'user' })
const ben = await person('agent', [ours.id])
const kim = await person('agent', [ours.id])
const stranger = await person('agent', [theirs.id])
let number = 0

interface Result {
  changed: string[]
  unchanged: number
  refused: { id: string; reason: { code: string } }[]
  undo: { ids: string[]; action: object }[]
  next?: string
}

async function file(id: EmailAccountId = ours.id): Promise<string> {
  const n = ++number
  const message = { ...customerMessage(clock, n), receivedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, n)) }
  const account = { id, address, createdAt: clock.now() }
  return (await database.transaction((tx) => conversations.filing.file(tx, account, message)))!.conversationId
}

async function many(count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push(await file())
  return ids
}

async function bulk(body: object, as = ben): Promise<Result> {
  const answer = await ask('POST /v1/conversations/bulk', { as, body })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as Result
}

const read = async (id: string) => (await conversations.reading.find(id as never))!
const statusesOf = (ids: string[]) => Promise.all(ids.map(async (id) => (await read(id)).status))
const kindsOf = async (id: string) =>
  (await events.list({ emailAccountIds: 'all', subjectId: id })).events.map(({ kind }) => kind)

it('closes conversations with an event each, and undo reopens those that were open', async () => {
  const ids = await many(3)
  await conversations.team.close(ids[1] as never, 'kim')
  const done = await bulk({ ids, action: { kind: 'close' } })
  expect(done).toEqual({
    changed: [ids[0], ids[2]].sort(),
    unchanged: 1,
    refused: [],
    undo: [{ ids: [ids[0], ids[2]].sort(), action: { kind: 'reopen' } }],
  })
  for (const id of ids) expect((await kindsOf(id)).filter((kind) => kind === 'conversation.closed')).toHaveLength(1)

  for (const step of done.undo) await bulk(step)
  expect(await statusesOf(ids)).toEqual(['open', 'closed', 'open'])
})

it('waits and snoozes, and undo restores each former status with its time', async () => {
  const ids = await many(3)
  const until = new Date(clock.now().getTime() + 3_600_000)
  await conversations.team.snooze(ids[0] as never, until, 'kim')
  await conversations.team.wait(ids[1] as never, 'kim')
  const later = new Date(until.getTime() + 1000).toISOString()
  const snoozed = await bulk({ ids, action: { kind: 'snooze', until: later } })
  expect((await read(ids[2]!)).snoozedUntil?.toISOString()).toBe(later)
  const waiting = await bulk({ ids, action: { kind: 'wait' } })
  expect(await statusesOf(ids)).toEqual(['waiting', 'waiting', 'waiting'])
  for (const step of [...waiting.undo, ...snoozed.undo]) await bulk(step)
  expect(await statusesOf(ids)).toEqual(['snoozed', 'waiting', 'open'])
  expect((await read(ids[0]!)).snoozedUntil).toEqual(until)
})

it('refuses each conversation of a hidden mailbox like a missing one, and changes the others', async () => {
  const [mine, hidden, missing, merged, into] = [
    await file(),
    await file(theirs.id),
    newId(),
    await file(),
    await file(),
  ]
  await conversations.team.merge(merged as never, into as never, 'kim')
  const ids = [mine, hidden, missing, merged]
  const { changed, refused } = await bulk({ ids, action: { kind: 'close' } })
  expect(changed).toEqual([mine])
  expect(refused.map(({ id, reason }) => [id, reason.code])).toEqual([
    [hidden, 'conversations.not_found'],
    [missing, 'conversations.not_found'],
    [merged, 'conversations.merged_already'],
  ])
  expect((await read(hidden)).status).toBe('open')
  expect(await bulk({ ids: [mine], action: { kind: 'reopen' } }, stranger)).toMatchObject({ changed: [] })
})

it('assigns to members of the mailbox only, and undo restores each former assignee', async () => {
  const ids = await many(3)
  await conversations.team.assign(ids[0] as never, kim.id, 'kim')
  const refused = await bulk({ ids, action: { kind: 'assign', assigneeId: stranger.id } })
  expect(refused.refused.map(({ reason }) => reason.code)).toEqual(Array(3).fill('people.not_a_member'))

  const done = await bulk({ ids, action: { kind: 'assign', assigneeId: ben.id } })
  expect(done.undo).toHaveLength(2)
  for (const step of done.undo) await bulk(step)
  expect(await Promise.all(ids.map(async (id) => (await read(id)).assigneeId))).toEqual([kim.id, undefined, undefined])
  const unknown = { ids, action: { kind: 'assign', assigneeId: newId() } }
  expect((await ask('POST /v1/conversations/bulk', { as: ben, body: unknown })).status).toBe(404)
})

it('adds and removes tags, and undo restores those of each conversation', async () => {
  const ids = await many(2)
  const [one, two] = [
    await conversations.tags.create({ name: 'One' }, 'ben'),
    await conversations.tags.create({ name: 'Two' }, 'ben'),
  ]
  await conversations.tagging.change(ids[0] as never, { add: [one.id], remove: [] }, 'ben')
  const done = await bulk({ ids, action: { kind: 'tag', add: [two.id], remove: [one.id] } })
  expect(await Promise.all(ids.map(async (id) => (await read(id)).tagIds))).toEqual([[two.id], [two.id]])
  for (const step of done.undo) await bulk(step)
  expect(await Promise.all(ids.map(async (id) => (await read(id)).tagIds))).toEqual([[one.id], []])
})

it('marks conversations as seen for the person alone', async () => {
  const ids = await many(2)
  const markSeen = () => bulk({ ids, action: { kind: 'mark-seen' } })
  expect((await markSeen()).changed).toEqual([...ids].sort())
  expect(await markSeen()).toMatchObject({ changed: [], unchanged: 2 })
  const isUnread = async (as: typeof ben) => {
    const { body } = await ask(`GET /v1/conversations/${ids[0]!}`, { as })
    return (body as { conversation: { unread: boolean } }).conversation.unread
  }
  expect([await isUnread(ben), await isUnread(kim)]).toEqual([false, true])

  await ask(`POST /v1/conversations/${ids[0]!}/unread`, { as: ben })
  expect(await isUnread(ben)).toBe(true)
  expect((await markSeen()).changed).toEqual([ids[0]])
  expect(await isUnread(ben)).toBe(false)
})

it('marks conversations as seen with their messages, for everybody without a person', async () => {
  const ids = await many(2)
  const action = { kind: 'mark-seen' as const }
  await conversations.bulk.change({ ids: ids as never, action, actor: 'key:sync', visibleAccounts: 'all' })
  expect((await read(ids[0]!)).unread).toBe(false)
  const { body } = await ask(`GET /v1/conversations/${ids[0]!}`, { as: kim })
  expect(body).toMatchObject({ conversation: { unread: false } })
  expect((await conversations.reading.get(ids[0] as never)).messages.map(({ unread }) => unread)).toEqual([false])
})

it('changes a whole view in parts, which continue where the last one ended', async () => {
  const account = await storeEmailAccount(database, clock, { address: 'sales@contoso.example', kind: 'user' })
  const agent = await person('agent', [account.id])
  const ids: string[] = []
  for (let n = 0; n < 230; n++) ids.push(await file(account.id))
  const changed: string[] = []
  let before: string | undefined
  do {
    const part = await bulk({ view: { emailAccountId: account.id, before }, action: { kind: 'close' } }, agent)
    changed.push(...part.changed)
    before = part.next
    // The view has lost the closed ones, and gained a new one at its top.
    if (before) await file(account.id)
  } while (before)
  expect(changed.sort()).toEqual(ids.sort())
})

it('changes what the list of a search with a mailbox and an assignee has, and nothing else', async () => {
  const [first, second] = [await file(), await file()]
  await conversations.team.assign(second as never, kim.id, 'kim')
  const view = { view: 'all', search: `assignee:me mailbox:support@contoso.example` }
  const { changed } = await bulk({ view, action: { kind: 'close' } }, kim)
  expect(changed).toContain(second)
  expect(changed).not.toContain(first)
})

it('costs five statements with those of the transaction, whatever the number of conversations', async () => {
  const change = (ids: string[]) =>
    conversations.bulk.change({
      ...{ ids: ids as never, action: { kind: 'close' }, actor: 'ben', visibleAccounts: 'all' },
    })
  const ids = await many(60)
  expect(await countStatements(database, () => change(ids))).toBe(5)
})

it('names the field when neither or both of ids and view are given', async () => {
  for (const body of [
    { action: { kind: 'close' } },
    { ids: [await file()], view: {}, action: { kind: 'close' } },
    { ids: Array.from({ length: 501 }, () => newId()), action: { kind: 'close' } },
  ]) {
    const answer = await ask('POST /v1/conversations/bulk', { as: ben, body })
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ faults: [{ field: 'body.ids' }] })
  }
})

it('marks as spam and deletes, and undo puts each conversation back where it was', async () => {
  const ids = (await many(3)).sort()
  await conversations.team.setPlace(ids[0] as never, 'spam', 'kim')
  await conversations.team.setPlace(ids[1] as never, 'deleted', 'kim')
  const placesOf = () => Promise.all(ids.map(async (id) => (await read(id)).place))
  const done = await bulk({ ids, action: { kind: 'place', place: 'deleted' } })
  expect(done).toMatchObject({ changed: [ids[0], ids[2]], unchanged: 1, refused: [] })
  expect(await placesOf()).toEqual(['deleted', 'deleted', 'deleted'])
  for (const step of done.undo) await bulk(step)
  expect(await placesOf()).toEqual(['spam', 'deleted', 'inbox'])
  expect((await kindsOf(ids[0]!)).slice(-3)).toEqual([
    ...['conversation.spam_marked', 'conversation.deleted', 'conversation.spam_marked'],
  ])
  expect((await kindsOf(ids[2]!)).slice(-2)).toEqual(['conversation.deleted', 'conversation.restored'])

  const view = { view: 'spam', emailAccountId: ours.id }
  const restored = await bulk({ view, action: { kind: 'place', place: 'inbox' } })
  expect(restored).toMatchObject({
    changed: [ids[0]],
    undo: [{ ids: [ids[0]], action: { kind: 'place', place: 'spam' } }],
  })
  const refused = await bulk({ ids: [ids[1]], action: { kind: 'place', place: 'inbox' } }, stranger)
  expect(refused).toMatchObject({ changed: [], refused: [{ id: ids[1] }] })
})
