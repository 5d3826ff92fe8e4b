import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { createEvents } from '../../events/index.ts'
import { newId, type ConversationId, type DraftId } from '../../kernel/ids.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase, WAIT } from '../../../test/kit/index.ts'
import { ANNOUNCED_EVERY_MS, createConversations } from '../index.ts'
import type { DraftChange } from './draft-announcements.ts'

const database = await testDatabase()
const clock = createTestClock()
const events = createEvents(database)
const conversations = createConversations({ database, clock, events })
const { id: emailAccountId } = await storeEmailAccount(database, clock)
const BEN = { emailAccountId, authorId: 'ben', content: { to: [], cc: [], bcc: [], subject: 'Re: Invoice' } }
let count = 0

async function newConversation(): Promise<ConversationId> {
  const account = { id: emailAccountId, address: 'us@contoso.example', createdAt: clock.now() }
  const filed = await database.transaction((tx) =>
    conversations.filing.file(tx, account, customerMessage(clock, ++count)),
  )
  return filed!.conversationId
}

async function eventsOf(id: DraftId) {
  const { events: found } = await events.list({ emailAccountIds: [emailAccountId], subjectId: id })
  return found.map(({ kind, payload }) => ({ kind, ...payload }))
}

describe('draft events', () => {
  it('report creation, discarding and its undo, and no save in between', async () => {
    const conversationId = await newConversation()
    const draft = { ...BEN, conversationId }
    const { id } = await conversations.drafts.save(draft)
    await conversations.drafts.save({ ...draft, id, version: 1 })
    await conversations.drafts.discard(id)
    await conversations.drafts.discard(id)
    await conversations.drafts.bringBack(id)
    await expect(conversations.drafts.bringBack(id)).rejects.toMatchObject({ code: 'conversations.not_found' })

    const of = { conversationId, by: 'ben' }
    expect(await eventsOf(id)).toEqual([
      { kind: 'draft.created', ...of },
      { kind: 'draft.deleted', ...of },
      { kind: 'draft.restored', ...of },
    ])
  })

  it('report sending and restoring in the transaction of the change', async () => {
    const { id } = await conversations.drafts.save(BEN)
    const sent = database.transaction(async (tx) => {
      await conversations.drafts.take(tx, id, BEN)
      throw new Error('rolled back')
    })
    await expect(sent).rejects.toThrow('rolled back')
    expect((await eventsOf(id)).map(({ kind }) => kind)).toEqual(['draft.created'])

    await database.transaction((tx) => conversations.drafts.take(tx, id, BEN))
    const restored = await database.transaction((tx) =>
      conversations.drafts.restore(tx, { ...BEN, conversationId: undefined, attachments: [] }),
    )

    expect((await eventsOf(id)).map(({ kind }) => kind)).toEqual(['draft.created', 'draft.deleted'])
    expect((await eventsOf(restored)).map(({ kind }) => kind)).toEqual(['draft.created'])
  })
})

describe('changes of a draft are announced', () => {
  const { drafts } = conversations
  const FILE = { name: 'a', contentType: 'a/b', isInline: false, content: Buffer.from('a') }

  /** Returns the changes that `work` announced. NOTIFY keeps the order of commits, so a change of another draft is last. */
  async function announcedIn(work: () => Promise<unknown>): Promise<DraftChange[]> {
    const heard: DraftChange[] = []
    const stop = await drafts.onChange((change) => change && heard.push(change))
    await work()
    const last = await drafts.save({ ...BEN, authorId: 'last' })
    await drafts.save({ ...BEN, authorId: 'last', id: last.id, version: 1 })
    await expect.poll(() => heard.at(-1)?.draftId, WAIT).toBe(last.id)
    await stop()
    return heard.slice(0, -1)
  }

  it('with the first save, and again after an interval', async () => {
    const { id } = await drafts.save(BEN)
    const save = (version: number) => drafts.save({ ...BEN, id, version })
    const announced = await announcedIn(async () => {
      await save(1)
      await save(2)
      clock.advance(ANNOUNCED_EVERY_MS - 1)
      await save(3)
      clock.advance(1)
      await expect(save(1)).rejects.toMatchObject({ code: 'conversations.draft_changed' })
      await save(4)
      await save(5)
    })
    expect(announced).toEqual([2, 5].map((version) => ({ draftId: id, authorId: 'ben', version })))
  })

  it('also those of attachments, and not the attempts that were refused', async () => {
    const { id } = await drafts.save(BEN)
    const announced = await announcedIn(async () => {
      const [file, another] = await drafts.attach(id, [FILE, FILE])
      await drafts.detach(id, file!.id)
      clock.advance(ANNOUNCED_EVERY_MS)
      await expect(drafts.detach(id, file!.id)).rejects.toMatchObject({ code: 'conversations.not_found' })
      await expect(drafts.save({ ...BEN, id, version: 7 })).rejects.toMatchObject({
        code: 'conversations.draft_changed',
      })
      await drafts.detach(id, another!.id)
    })
    expect(announced).toEqual([0, 1].map(() => ({ draftId: id, authorId: 'ben' })))
  })
})

it('an attachment is removed and its draft sent at the same moment without a deadlock', async () => {
  const { drafts } = conversations
  const { id } = await drafts.save(BEN)
  const file = { name: 'a', contentType: 'a/b', isInline: false, content: Buffer.from('a') }
  const [attachment] = await drafts.attach(id, [file])
  const isWaiting = async () => {
    const { rows } = await sql`SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(database.db)
    return rows.length > 0
  }
  const { sent, removal } = await database.transaction(async (tx) => {
    await sql`SELECT FROM drafts WHERE id = ${id} FOR UPDATE`.execute(tx)
    const removal = Promise.allSettled([drafts.detach(id, attachment!.id)])
    await vi.waitUntil(isWaiting, WAIT)
    return { sent: await drafts.take(tx, id, BEN), removal }
  })
  expect(sent).toMatchObject([file])
  expect(await removal).toMatchObject([{ reason: { code: 'conversations.not_found' } }])
})

describe('a draft with a client-generated id', () => {
  it("is created once for repeated requests and never overwrites another author's draft", async () => {
    const id = newId<DraftId>()
    expect(await conversations.drafts.save({ ...BEN, id })).toMatchObject({ id, version: 1 })

    await expect(conversations.drafts.save({ ...BEN, id })).rejects.toMatchObject({
      code: 'conversations.draft_changed',
    })
    await expect(conversations.drafts.save({ ...BEN, id, authorId: 'eve' })).rejects.toMatchObject({
      code: 'conversations.not_found',
    })
    expect(await conversations.drafts.find(id)).toMatchObject({ authorId: 'ben', version: 1 })
    expect(await eventsOf(id)).toHaveLength(1)
  })
})

describe('a discarded draft', () => {
  it('is shown nowhere and can be neither saved nor sent, until it is brought back with its attachments', async () => {
    const conversationId = await newConversation()
    const draft = { ...BEN, authorId: 'dana', conversationId }
    const { drafts, reading } = conversations
    const { id } = await drafts.save(draft)
    await drafts.attach(id, [{ name: 'a', contentType: 'a/b', isInline: false, content: Buffer.from('a') }])
    const shown = async () => ({
      listed: (await drafts.list({ authorId: 'dana', emailAccountIds: 'all' })).length,
      inConversation: (await reading.get(conversationId)).drafts.length,
      counted: (await reading.countViews({ emailAccountIds: 'all', reader: { id: 'dana', since: new Date(0) } })).views
        .drafts,
      found: (await drafts.find(id))?.attachments.length,
    })
    await drafts.discard(id)
    expect(await shown()).toEqual({ listed: 0, inConversation: 0, counted: 0, found: undefined })
    const refused = { code: 'conversations.not_found' }
    await expect(drafts.save({ ...draft, id, version: 1 })).rejects.toMatchObject(refused)
    await expect(drafts.attach(id, [])).rejects.toMatchObject(refused)
    await expect(database.transaction((tx) => drafts.take(tx, id, draft))).rejects.toMatchObject(refused)
    await drafts.bringBack(id)
    expect(await shown()).toEqual({ listed: 1, inConversation: 1, counted: 1, found: 1 })
  })
})

it('drafts are listed without their texts, with their first words', async () => {
  const of = { ...BEN, authorId: 'lea' }
  const { content } = BEN
  await conversations.drafts.save({ ...of, content: { ...content, text: 'Good  morning\nBen', html: '<p>no</p>' } })
  clock.advance(1000)
  await conversations.drafts.save({ ...of, content: { ...content, html: '<p>Hello <b>Kim</b></p>' } })
  const listed = await conversations.drafts.list({ authorId: 'lea', emailAccountIds: 'all' })
  expect(listed.map(({ preview, content: rest }) => ({ preview, rest }))).toEqual([
    { preview: 'Hello Kim', rest: content },
    { preview: 'Good morning Ben', rest: content },
  ])
})
