import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { newId, type ConversationId, type EmailAccountId } from '../../kernel/ids.ts'
import {
  countStatements,
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { conversations, events } = rooms
const newAccount = async () => (await storeEmailAccount(database, clock)).id
const [support, billing, hidden] = [await newAccount(), await newAccount(), await newAccount()]
const admin = await person('admin')
const both = await person('agent', [support, billing])
const ofSupport = await person('agent', [support])
const ofBilling = await person('agent', [billing])
let number = 0

interface Result {
  changed: ConversationId[]
  unchanged: number
  refused: { id: string; reason: { code: string } }[]
  undo: { ids: string[]; action: object }[]
  next?: string
}

/** In the order of their ids. */
async function receive(count: number, id: EmailAccountId = support): Promise<ConversationId[]> {
  const account = { id, address: 'us@contoso.example', createdAt: new Date(0) }
  const messages = Array.from({ length: count }, () => {
    const n = ++number
    const receivedAt = new Date(clock.now().getTime() + n)
    return customerMessage(clock, n, { receivedAt })
  })
  const filed = await database.transaction((tx) => conversations.filing.fileMany(tx, account, messages))
  return filed.map((each) => each!.conversationId).sort()
}

async function bulk(body: object, as = both): Promise<Result> {
  const answer = await ask('POST /v1/conversations/bulk', { as, body })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as Result
}

const moving = (emailAccountId: string, more: object = {}) => ({ kind: 'move', emailAccountId, ...more })
const read = async (id: ConversationId) => (await conversations.reading.find(id))!
const accountsOf = (ids: readonly ConversationId[]) =>
  Promise.all(ids.map(async (id) => (await read(id)).emailAccountId))
const codes = ({ refused }: Result) => refused.map(({ id, reason }) => [id, reason.code])

async function answer(conversationId: ConversationId, state?: 'sending' | 'failed' | 'sent') {
  const { id } = await rooms.submissions.submit({
    ...{ emailAccountId: (await read(conversationId)).emailAccountId, conversationId, submittedBy: both.id },
    ...{ idempotencyKey: newId(), holdMs: 10_000 },
    content: {
      to: [{ name: '', address: 'a@b.example' }],
      cc: [],
      bcc: [],
      subject: 'Hi',
      text: 'Hi',
      attachments: [],
    },
  })
  if (state) await sql`UPDATE submissions SET state = ${state} WHERE id = ${id}`.execute(database.db)
  return id
}

/** Moves a view part by part. The response to the third part is lost, so the part is sent again. */
async function moveView(view: object, to: EmailAccountId, as: typeof both): Promise<Result[]> {
  const parts: Result[] = []
  let next: string | undefined
  do {
    const body = { view: { ...view, before: next }, action: moving(to) }
    parts.push(await bulk(body, as))
    if (parts.length === 3) parts.push(await bulk(body, as))
    next = parts.at(-1)!.next
  } while (next)
  return parts
}

it('moves a view of 500 in parts of 50, and a part whose response was lost is repeated without harm', async () => {
  const from = await newAccount()
  const ids = await receive(500, from)
  const before = await events.position()
  const parts = await moveView({ view: 'open', emailAccountId: from }, billing, admin)
  // The view has lost the conversations of the third part, so its repetition moves the next 50.
  expect(parts.map(({ changed, unchanged }) => [changed.length, unchanged])).toEqual(Array(10).fill([50, 0]))
  expect(parts.flatMap(({ changed }) => changed).sort()).toEqual(ids)
  expect(await bulk({ ids: ids.slice(0, 50), action: moving(billing) }, admin)).toEqual({
    ...{ changed: [], unchanged: 50, refused: [], undo: [] },
  })

  const counts = await sql<{ kind: string; account: string; count: number }>`
    SELECT kind, email_account_id AS account, count(*)::int FROM events WHERE id > ${before} AND subject_id = ANY(${ids}::text[])
    GROUP BY 1, 2 ORDER BY 1`.execute(database.db)
  expect(counts.rows).toEqual([
    { kind: 'conversation.left', account: from, count: 500 },
    { kind: 'conversation.moved', account: billing, count: 500 },
  ])
  const audited = await ask(`GET /v1/audit?subject=${ids[7]!}`, { as: admin })
  const entry = { actor: `person:${admin.id}`, action: 'conversation.moved', detail: { from, to: billing } }
  expect(audited.body).toMatchObject({ entries: [entry] })
})

it('repeats a part of a view of all mailboxes, which still has its conversations, without a change', async () => {
  const [from, to] = [await newAccount(), await newAccount()]
  const ids = await receive(160, from)
  const parts = await moveView({ view: 'open' }, to, await person('agent', [from, to]))
  expect(parts.map(({ changed, unchanged }) => [changed.length, unchanged])).toEqual([
    ...[[50, 0], [50, 0], [50, 0], [0, 50], [10, 0]], // prettier-ignore
  ])
  expect(parts.flatMap(({ changed }) => changed).sort()).toEqual(ids)
})

it('costs the same statements for one conversation and for 20', async () => {
  const cost = async (count: number) => {
    const ids = await receive(count)
    return countStatements(database, () =>
      conversations.bulk.change({
        ...{ ids, action: { kind: 'move', to: billing }, agentIds: [], actor: 'ben', visibleAccounts: 'all' },
      }),
    )
  }
  // Not the first: it creates what the others find.
  await cost(1)
  expect(await cost(20)).toBe(await cost(1))
})

it('leaves those that can’t move, each with its reason, and moves the others', async () => {
  const [there] = await receive(1, billing)
  const [secret] = await receive(1, hidden)
  const [plain, queued, sending, failed, sent, merged, into] = await receive(7)
  await answer(queued!)
  await answer(sending!, 'sending')
  await answer(failed!, 'failed')
  await answer(sent!, 'sent')
  await conversations.team.merge(merged!, into!, 'test')
  const missing = newId<ConversationId>()
  const ids = [plain!, there!, secret!, queued!, sending!, failed!, sent!, merged!, missing, plain!]
  const result = await bulk({ ids, action: moving(billing) })
  expect(result).toMatchObject({ changed: [plain, sent], unchanged: 1 })
  expect(codes(result)).toEqual([
    [secret, 'conversations.not_found'],
    [queued, 'conversations.unsent_answer'],
    [sending, 'conversations.unsent_answer'],
    [failed, 'conversations.unsent_answer'],
    [merged, 'conversations.merged_already'],
    [missing, 'conversations.not_found'],
  ])
  expect(await accountsOf([secret!, queued!, sending!, failed!])).toEqual([hidden, support, support, support])
})

it('is refused without access to the target, which may not exist, and leaves mailboxes without access alone', async () => {
  const ids = await receive(2)
  const others = await receive(2, billing)
  const refusals = [
    { as: ofSupport, to: billing },
    { as: both, to: hidden },
    { as: admin, to: newId() },
  ]
  for (const { as, to } of refusals) {
    const body = { ids: [...ids, ...others], action: moving(to) }
    expect((await ask('POST /v1/conversations/bulk', { as, body })).status).toBe(404)
  }
  const result = await bulk({ ids: others, action: moving(support) }, ofSupport)
  expect(codes(result)).toEqual(others.map((id) => [id, 'conversations.not_found']))
  const view = { view: { emailAccountId: billing }, action: moving(support) }
  expect((await ask('POST /v1/conversations/bulk', { as: ofSupport, body: view })).status).toBe(404)
  expect(await accountsOf([...ids, ...others])).toEqual([support, support, billing, billing])
})

it('names the field when more conversations are given than a part may have', async () => {
  const ids = Array.from({ length: 51 }, () => newId())
  const refused = await ask('POST /v1/conversations/bulk', { as: both, body: { ids, action: moving(billing) } })
  expect(refused.body).toMatchObject({ status: 400, faults: [{ field: 'body.ids' }] })
  expect(await bulk({ ids, action: { kind: 'close' } })).toMatchObject({ changed: [] })
})

it('undo returns each to its mailbox with its assignee, also after a change of something else', async () => {
  const target = await newAccount()
  const [mine, kept, free] = await receive(3)
  const [other] = await receive(1, billing)
  await conversations.team.assign(mine!, ofSupport.id, 'test')
  await conversations.team.assign(kept!, admin.id, 'test')
  const ids = [mine!, kept!, free!, other!]
  const { changed, undo } = await bulk({ ids, action: moving(target) }, admin)
  expect(changed).toEqual(ids)
  expect(undo).toEqual([
    { ids: [mine], action: moving(support, { from: target, assigneeId: ofSupport.id }) },
    { ids: [kept, free], action: moving(support, { from: target }) },
    { ids: [other], action: moving(billing, { from: target }) },
  ])
  expect(await read(mine!)).not.toHaveProperty('assigneeId', ofSupport.id)
  await conversations.team.close(free!, 'test')

  for (const step of undo) expect(await bulk(step, admin)).toMatchObject({ changed: step.ids, refused: [] })
  expect(await accountsOf(ids)).toEqual([support, support, support, billing])
  expect(await Promise.all(ids.map(async (id) => (await read(id)).assigneeId))).toEqual([
    ...[ofSupport.id, admin.id, undefined, undefined],
  ])
  expect((await read(free!)).status).toBe('closed')
  for (const step of undo) expect(await bulk(step, admin)).toMatchObject({ changed: [], refused: [], undo: [] })
})

it('undo keeps conversations that moved on or have an unsent answer, and an assignee of the meantime', async () => {
  const [target, third] = [await newAccount(), await newAccount()]
  const ids = await receive(4)
  const [movedOn, answered, reassigned] = ids
  for (const id of [movedOn!, reassigned!]) await conversations.team.assign(id, ofSupport.id, 'test')
  const { undo } = await bulk({ ids, action: moving(target) }, admin)
  await bulk({ ids: [movedOn], action: moving(third) }, admin)
  await answer(answered!)
  await conversations.team.assign(reassigned!, admin.id, 'test')

  const results = []
  for (const step of undo) results.push(await bulk(step, admin))
  expect(results.flatMap(codes).sort()).toEqual(
    [
      [movedOn, 'conversations.moved_on'],
      [answered, 'conversations.unsent_answer'],
    ].sort(),
  )
  expect(await accountsOf(ids)).toEqual([third, target, support, support])
  expect(await read(reassigned!)).toMatchObject({ assigneeId: admin.id })
  expect((await read(movedOn!)).assigneeId).toBeUndefined()
})

it('undo restores the former assignee in place of a later one without access', async () => {
  const [id] = await receive(1)
  await conversations.team.assign(id!, ofSupport.id, 'test')
  const { undo } = await bulk({ ids: [id], action: moving(billing) })
  await conversations.team.assign(id!, ofBilling.id, 'test')
  await bulk(undo[0]!)
  expect(await read(id!)).toMatchObject({ emailAccountId: support, assigneeId: ofSupport.id })
})

it('undo removes the assignee that the move assigned, and keeps a later one', async () => {
  const [free, later] = await receive(2)
  const { undo } = await bulk({ ids: [free, later], action: moving(billing, { assigneeId: both.id }) })
  expect(undo).toEqual([{ ids: [free, later], action: moving(support, { from: billing, removeAssigneeId: both.id }) }])
  expect((await read(free!)).assigneeId).toBe(both.id)
  await conversations.team.assign(later!, admin.id, 'test')
  await bulk(undo[0]!)
  expect((await read(free!)).assigneeId).toBeUndefined()
  expect(await read(later!)).toMatchObject({ emailAccountId: support, assigneeId: admin.id })
})

it('restores no assignee without access to the mailbox', async () => {
  const [id] = await receive(1)
  await bulk({ ids: [id], action: moving(billing, { assigneeId: ofSupport.id }) })
  expect((await read(id!)).assigneeId).toBeUndefined()
})

it('gives drafts, history and merged conversations to the agents of the new mailbox', async () => {
  const [first, second, merged] = await receive(3)
  await conversations.team.merge(merged!, second!, 'test')
  const draft = await conversations.drafts.save({
    ...{ emailAccountId: support, conversationId: first!, authorId: both.id },
    content: { to: [], cc: [], bcc: [], subject: 'Half' },
  })
  await bulk({ ids: [first, second], action: moving(billing) })
  expect((await ask(`GET /v1/drafts/${draft.id}`, { as: both })).body).toMatchObject({ emailAccountId: billing })
  expect((await read(merged!)).emailAccountId).toBe(billing)
  const history = async (as: typeof both) => {
    const { body } = await ask(`GET /v1/events?subject=${first!}&limit=500`, { as })
    return (body as { events: { kind: string }[] }).events.map(({ kind }) => kind)
  }
  expect(await history(ofSupport)).toEqual(['conversation.left'])
  expect(await history(both)).toContain('conversation.created')
})

it('opposite moves of the same mailboxes at once do not deadlock', async () => {
  const [mine, theirs] = [await receive(20), await receive(20, billing)]
  const results = await Promise.all([
    bulk({ ids: mine, action: moving(billing) }),
    bulk({ ids: theirs.toReversed(), action: moving(support) }),
    bulk({ ids: [...theirs, ...mine], action: { kind: 'close' } }),
  ])
  expect(results.map(({ changed }) => changed.length)).toEqual([20, 20, 40])
  expect(new Set(await accountsOf(mine))).toEqual(new Set([billing]))
  expect(new Set(await accountsOf(theirs))).toEqual(new Set([support]))
})
