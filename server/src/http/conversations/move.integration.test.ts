import { sql } from 'kysely'
import { expect, it, vi } from 'vitest'
import { newId, type ConversationId, type EmailAccountId } from '../../kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
  WAIT,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const [{ id: support }, { id: billing }] = [
  await storeEmailAccount(database, clock),
  await storeEmailAccount(database, clock),
]
const [ofSupport, ofBilling] = [await person('agent', [support]), await person('agent', [billing])]
const both = await person('agent', [support, billing])
const { conversations, events } = rooms
let count = 0

async function receive(id: EmailAccountId = support): Promise<ConversationId> {
  const account = { id, address: 'us@contoso.example', createdAt: new Date(0) }
  const message = customerMessage(clock, ++count, { body: { type: 'text', content: `Zebra${count}` } })
  return (await database.transaction((tx) => conversations.filing.file(tx, account, message)))!.conversationId
}

const move = (id: ConversationId, to: string, as = both) =>
  ask(`POST /v1/conversations/${id}/move`, { as, body: { emailAccountId: to } })

async function isListed(id: ConversationId, as: typeof both, query = ''): Promise<boolean> {
  return JSON.stringify((await ask(`GET /v1/conversations?${query}`, { as })).body).includes(id)
}

it('is refused into the same mailbox, and into one that is unknown or without access', async () => {
  const id = await receive()
  expect((await move(id, support)).body).toMatchObject({ status: 409, code: 'conversations.same_account' })
  expect((await move(id, newId())).status).toBe(404)
  expect((await move(id, billing, ofSupport)).status).toBe(404)
  expect((await move(id, support, ofBilling)).status).toBe(404)
  expect((await move(id, newId(), await person('admin'))).status).toBe(404)
  expect(await conversations.reading.find(id)).toMatchObject({ emailAccountId: support })
})

it('is refused while an answer is unsent, and an answer of the former mailbox is refused afterwards', async () => {
  const id = await receive()
  const answer = () =>
    rooms.submissions.submit({
      ...{ emailAccountId: support, conversationId: id, submittedBy: both.id, idempotencyKey: newId(), holdMs: 10_000 },
      content: {
        to: [{ name: '', address: 'a@b.example' }],
        cc: [],
        bcc: [],
        subject: 'Hi',
        text: 'Hi',
        attachments: [],
      },
    })
  const submission = await answer()
  expect((await move(id, billing)).body).toMatchObject({ status: 409, code: 'conversations.unsent_answer' })
  await rooms.submissions.cancel(submission.id, both.id)
  expect((await move(id, billing)).status).toBe(200)
  await expect(answer()).rejects.toMatchObject({ code: 'submission.other_conversation' })
})

it('changes lists, search, drafts and assignee, and moving it back restores the lists', async () => {
  const id = await receive()
  const search = `search=zebra${count}`
  await conversations.team.assign(id, ofSupport.id, 'test')
  await conversations.team.note(id, both.id, `Lynx${count}`)
  const [identity] = await rooms.emailAccounts.identities(await rooms.emailAccounts.get(support))
  const { id: draft } = await conversations.drafts.save({
    ...{ emailAccountId: support, conversationId: id, authorId: both.id },
    content: { to: [], cc: [], bcc: [], subject: 'Half', identityId: identity!.id },
  })
  expect((await move(id, billing)).body).not.toHaveProperty('assigneeId')

  const seen = (as: typeof both) =>
    Promise.all(
      ['', `emailAccountId=${billing}`, search, `search=lynx${count}`].map((query) => isListed(id, as, query)),
    )
  expect(await seen(ofBilling)).toEqual([true, true, true, true])
  expect(await isListed(id, ofSupport)).toBe(false)
  expect(await isListed(id, ofSupport, search)).toBe(false)
  expect(await isListed(id, both, `emailAccountId=${support}`)).toBe(false)
  const moved = await ask(`GET /v1/drafts/${draft}`, { as: both })
  expect(moved.body).toMatchObject({ emailAccountId: billing, version: 2, content: { subject: 'Half' } })
  expect((moved.body as { content: object }).content).not.toHaveProperty('identityId')

  expect((await move(id, support)).status).toBe(200)
  expect(await isListed(id, ofSupport, search)).toBe(true)
  expect(await isListed(id, ofBilling)).toBe(false)
})

it('keeps an assignee with access, and presence only of those who report again', async () => {
  const id = await receive()
  await conversations.team.assign(id, both.id, 'test')
  await conversations.team.viewers.report(id, ofSupport.id, 'viewing')
  expect((await move(id, billing)).body).toMatchObject({ assigneeId: both.id })
  expect((await ask(`GET /v1/conversations/${id}/presence`, { as: ofBilling })).body).toEqual({ viewers: [] })
})

it('gives the history to the agents of the new mailbox, and one event to those of the former one', async () => {
  const id = await receive()
  await conversations.team.close(id, 'test')
  const before = await events.position()
  await move(id, billing)
  const history = async (as: typeof both) => {
    const { body } = await ask(`GET /v1/events?subject=${id}&limit=500`, { as })
    return (body as { events: { kind: string }[] }).events.map(({ kind }) => kind)
  }
  expect(await history(ofBilling)).toEqual(['conversation.created', 'conversation.closed', 'conversation.moved'])
  expect(await history(ofSupport)).toEqual(['conversation.left'])
  const all = await events.list({ emailAccountIds: [support], after: 0, limit: 500 })
  expect(all.events.filter(({ payload }) => JSON.stringify(payload).includes(id))).toHaveLength(1)
  const { events: told } = await events.list({ emailAccountIds: 'all', after: before })
  expect(told.find(({ kind }) => kind === 'conversation.moved')).toMatchObject({
    payload: { from: support, to: billing, by: `person:${both.id}` },
  })
})

it('leaves a failure of its answer in the health of the mailbox that sent it', async () => {
  const [id, at] = [await receive(), clock.now()]
  const { id: subjectId } = await rooms.submissions.submit({
    ...{ emailAccountId: support, conversationId: id, submittedBy: both.id, idempotencyKey: newId(), holdMs: 10_000 },
    content: {
      to: [{ name: '', address: 'a@b.example' }],
      cc: [],
      bcc: [],
      subject: 'Hi',
      text: 'Hi',
      attachments: [],
    },
  })
  const payload = { state: 'failed', reason: 'submission.copy_missing', conversationId: id, messageId: null } as const
  const failed = { kind: 'submission.failed', emailAccountId: support, subjectId, payload, at } as const
  await database.transaction((tx) => events.append(tx, failed))
  await rooms.submissions.cancel(subjectId, both.id)
  const failures = async (of: EmailAccountId) => {
    const time = { from: new Date(at.getTime() - 60_000), to: new Date(at.getTime() + 60_000) }
    return (await rooms.accountHealth.of(of, time)).errors.map(({ reason }) => reason.code)
  }
  expect(await failures(support)).toEqual(['submission.copy_missing'])
  expect((await move(id, billing)).status).toBe(200)
  expect([await failures(support), await failures(billing)]).toEqual([['submission.copy_missing'], []])
})

it('is refused when it has moved meanwhile out of the mailbox that the caller saw', async () => {
  const id = await receive()
  await move(id, billing)
  const late = { from: support, to: support, agentIds: [], actor: 'person:1' }
  await expect(conversations.team.moveToAccount(id, late)).rejects.toMatchObject({ code: 'conversations.not_found' })
  expect(await conversations.reading.find(id)).toMatchObject({ emailAccountId: billing })
})

it('waits for the removal of a mailbox, which keeps no conversation that moves away meanwhile', async () => {
  const { id: removed } = await storeEmailAccount(database, clock)
  const of = [await person('agent', [removed, billing]), await receive(removed)] as const
  const isWaiting = async () => {
    const { rows } = await sql`SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(database.db)
    return rows.length > 0
  }
  const moved = Promise.withResolvers<{ status: number }>()
  await database.transaction(async (tx) => {
    await sql`SELECT FROM email_accounts WHERE id = ${removed} FOR UPDATE`.execute(tx)
    moved.resolve(move(of[1], billing, of[0]))
    await vi.waitUntil(isWaiting, WAIT)
    await sql`DELETE FROM email_accounts WHERE id = ${removed}`.execute(tx)
  })
  expect((await moved.promise).status).toBe(404)
  expect(await conversations.reading.find(of[1])).toBeUndefined()
})

it('does not keep its former mailbox from being removed, although both sent with the same key', async () => {
  const { id: removed } = await storeEmailAccount(database, clock)
  const ids = [await receive(removed), await receive(billing)]
  const key = newId()
  for (const [n, emailAccountId] of [removed, billing].entries()) {
    await rooms.submissions.submit({
      ...{ emailAccountId, conversationId: ids[n], submittedBy: both.id, idempotencyKey: key, holdMs: 10_000 },
      content: {
        to: [{ name: '', address: 'a@b.example' }],
        cc: [],
        bcc: [],
        subject: 'Hi',
        text: 'Hi',
        attachments: [],
      },
    })
  }
  await sql`UPDATE submissions SET state = 'sent' WHERE idempotency_key = ${key}`.execute(database.db)
  expect((await move(ids[0]!, billing, await person('agent', [removed, billing]))).status).toBe(200)
  await sql`DELETE FROM email_accounts WHERE id = ${removed}`.execute(database.db)
  for (const id of ids) expect(await rooms.submissions.listOf(id)).toHaveLength(1)
})
