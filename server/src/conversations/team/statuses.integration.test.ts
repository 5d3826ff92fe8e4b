import { describe, expect, it } from 'vitest'
import type { ConversationId, PersonId } from '../../kernel/ids.ts'
import { createMailStage } from '../../../test/conversations/mail-stage.ts'
import { CONVERSATION_VIEWS, createConversations, type ConversationListView } from '../index.ts'

const HOUR_MS = 60 * 60 * 1000
const { database, clock, events, conversations, newAccount, mail, answer, file, started } = await createMailStage()
const { team, reading, reads, snoozes } = conversations
const AUTOMATIC = [{ name: 'Auto-Submitted', value: 'auto-replied' }]
const later = (hours: number) => new Date(clock.now().getTime() + hours * HOUR_MS)

const SETTERS = {
  waiting: (id: ConversationId) => team.wait(id, 'person:ben'),
  snoozed: (id: ConversationId) => team.snooze(id, later(24), 'person:ben'),
  closed: (id: ConversationId) => team.close(id, 'person:ben'),
} as const
const STATUSES = Object.keys(SETTERS) as (keyof typeof SETTERS)[]

describe.each(STATUSES)('a conversation that is %s', (status) => {
  it('is opened by the next message of the customer', async () => {
    const account = await newAccount()
    const { id, now, reply } = await started(account)
    expect(await SETTERS[status](id)).toMatchObject({ status })
    await file(account, mail(reply))
    expect(await now()).toMatchObject({ status: 'open', snoozedUntil: undefined, needsReply: true })
  })

  it('keeps its status when an automatic message or our answer arrives', async () => {
    const account = await newAccount()
    const { id, now, reply } = await started(account)
    await SETTERS[status](id)
    const before = await now()
    await file(account, mail({ ...reply, headers: AUTOMATIC }))
    await file(account, answer(reply))
    expect(await now()).toMatchObject({ status, snoozedUntil: before.snoozedUntil })
  })
})

describe('a snoozed conversation', () => {
  it('opens at its time, once, at the top of the list', async () => {
    const account = await newAccount()
    const { id, now } = await started(account)
    const newer = await started(account)
    await team.snooze(id, later(2), 'person:ben')
    await snoozes.wakeDue()
    expect(await now()).toMatchObject({ status: 'snoozed', snoozedUntil: later(2) })

    clock.advance(2 * HOUR_MS)
    const other = createConversations({ database, clock, events })
    const counts = await Promise.all([snoozes.wakeDue(), other.snoozes.wakeDue()])
    expect(counts.toSorted()).toEqual([0, 1])

    expect(await now()).toMatchObject({ status: 'open', snoozedUntil: undefined, listedAt: clock.now() })
    const { conversations: open } = await reading.list({ emailAccountIds: [account.id], view: 'open' })
    expect(open.map((one) => one.id)).toEqual([id, newer.id])
    const { events: all } = await events.list({ emailAccountIds: [account.id], limit: 500 })
    expect(all.filter(({ kind }) => kind === 'conversation.reopened').map(({ payload }) => payload)).toEqual([
      { conversationId: id, by: 'snooze' },
    ])
  })

  it.each([-1, 0, 367 * 24])('needs a time within a year: %s hours are refused', async (hours) => {
    const { id } = await started(await newAccount())
    await expect(team.snooze(id, later(hours), 'ben')).rejects.toMatchObject({ code: 'conversations.snooze_time' })
  })

  it('gets another time with one event, and none for the same time', async () => {
    const account = await newAccount()
    const { id, now } = await started(account)
    await team.snooze(id, later(2), 'ben')
    await team.snooze(id, later(2), 'ben')
    await team.snooze(id, later(3), 'ben')
    expect((await now()).snoozedUntil).toEqual(later(3))
    const { events: all } = await events.list({ emailAccountIds: [account.id], limit: 500 })
    expect(all.filter(({ kind }) => kind === 'conversation.snoozed')).toHaveLength(2)
  })
})

describe('a conversation needs a reply', () => {
  it('from a message of the customer until ours', async () => {
    const account = await newAccount()
    const { now, reply } = await started(account)
    expect((await now()).needsReply).toBe(true)
    await file(account, answer(reply))
    expect((await now()).needsReply).toBe(false)
    await file(account, mail({ ...reply, headers: AUTOMATIC }))
    expect((await now()).needsReply).toBe(false)
    await file(account, mail({ ...reply, receivedAt: new Date('2025-12-01T00:00:00Z') }))
    expect((await now()).needsReply).toBe(false)
    await file(account, mail(reply))
    expect((await now()).needsReply).toBe(true)
  })

  it('after an automatic reply of Postkey', async () => {
    const account = await newAccount()
    const own = createConversations({ database, clock, events })
    own.outgoing.onSentMail({
      knownAmong: async (_tx, _id, copies) => new Map(copies.map(({ remoteId }) => [remoteId, { isAutomatic: true }])),
      conversationOf: async () => undefined,
      merged: async () => {},
      listOf: async () => [],
      filed: async () => {},
    })
    const { now, reply } = await started(account)
    await database.transaction((tx) => own.filing.file(tx, account, answer(reply)))
    expect(await now()).toMatchObject({ messageCount: 2, needsReply: true })
  })
})

describe('a merged conversation', () => {
  it.each([
    ['open', 'closed', 'open'],
    ['closed', 'open', 'open'],
    ['waiting', 'closed', 'waiting'],
    ['waiting', 'snoozed', 'snoozed'],
    ['snoozed', 'waiting', 'snoozed'],
    ['closed', 'closed', 'closed'],
  ] as const)('keeps the urgent status: from %s into %s gives %s', async (from, into, after) => {
    const account = await newAccount()
    const [one, other] = [await started(account), await started(account)]
    if (from !== 'open') await SETTERS[from](one.id)
    if (into !== 'open') await SETTERS[into](other.id)
    expect(await team.merge(one.id, other.id, 'person:ben')).toMatchObject({ status: after, needsReply: true })
    expect(await one.now()).toMatchObject({ status: 'closed', snoozedUntil: undefined, needsReply: false })
  })

  it('gives its snooze time to the other one if that ends later', async () => {
    const account = await newAccount()
    const [one, other] = [await started(account), await started(account)]
    await team.snooze(one.id, later(2), 'ben')
    await team.snooze(other.id, later(3), 'ben')
    expect((await team.merge(one.id, other.id, 'person:ben')).snoozedUntil).toEqual(later(2))
  })

  it('refuses changes, and so stays out of the lists of open ones', async () => {
    const account = await newAccount()
    const [one, other] = [await started(account), await started(account)]
    await team.merge(one.id, other.id, 'person:ben')
    const refused = { code: 'conversations.merged_already' }
    await expect(team.reopen(one.id, 'person:ben')).rejects.toMatchObject(refused)
    await expect(team.note(one.id, 'ben', 'Call back.')).rejects.toMatchObject(refused)
    expect(await one.now()).toMatchObject({ status: 'closed' })
  })
})

it('a split determines for both parts whether they need a reply', async () => {
  const account = await newAccount()
  const { id, now, reply } = await started(account)
  await file(account, answer(reply))
  const { messageId } = await file(account, mail(reply))
  const part = await team.split(id, [messageId], 'person:ben')
  expect(part).toMatchObject({ status: 'open', needsReply: true })
  expect((await now()).needsReply).toBe(false)
})

describe('the views', () => {
  it.each(['all mailboxes', 'one mailbox'])('show for %s the conversations of their status', async (scope) => {
    const account = await newAccount()
    const subject = `Parrot${account.id.replaceAll('-', '')}`
    const ids = {} as Record<string, ConversationId>
    for (const name of ['fresh', 'taken', 'answered', 'waiting', 'snoozed', 'closed']) {
      const first = mail({ subject })
      const { conversationId } = await file(account, first)
      ids[name] = conversationId
      if (name === 'answered') await file(account, answer({ subject, inReplyTo: [first.messageId!] }))
    }
    await team.assign(ids['taken']!, 'ben', 'person:ben')
    for (const status of STATUSES) await SETTERS[status](ids[status]!)
    for (const name of ['answered', 'closed']) await team.note(ids[name]!, 'anna', '@Ben', ['ben' as PersonId])
    const expected: Record<ConversationListView, string[]> = {
      open: ['answered', 'taken', 'fresh'],
      mine: ['taken'],
      unassigned: ['answered', 'fresh'],
      'needs-reply': ['taken', 'fresh'],
      mentions: ['closed', 'answered'],
      waiting: ['waiting'],
      snoozed: ['snoozed'],
      closed: ['closed'],
      all: ['closed', 'snoozed', 'waiting', 'answered', 'taken', 'fresh'],
      sent: ['answered'],
      spam: [],
      deleted: [],
    }
    const nameOf = (id: string) => Object.entries(ids).find((entry) => entry[1] === id)![0]
    const emailAccountIds = scope === 'all mailboxes' ? ('all' as const) : [account.id]
    for (const view of CONVERSATION_VIEWS) {
      const input = { emailAccountIds, view, userId: 'ben' }
      const all = [
        await reading.list(input),
        await reading.list({ ...input, search: subject }),
        await reading.list({ ...input, ids: Object.values(ids) }),
      ].map((list) => list.conversations.filter(({ emailAccountId }) => emailAccountId === account.id))
      for (const found of all) expect(found.map(({ id }) => nameOf(id))).toEqual(expected[view])
    }
    const mentions = { emailAccountIds: [account.id], view: 'mentions', userId: 'ben', search: 'is:closed' } as const
    const { conversations: closed } = await reading.list(mentions)
    expect(closed.map(({ id }) => nameOf(id))).toEqual(['closed'])
    // An unread mention precedes a read one that is listed later, on each page and among single rows.
    await reads.markSeen(ids['closed']!, { id: 'ben', since: clock.now() })
    const all = { ...mentions, search: undefined }
    const pages = [await reading.list({ ...all, limit: 1 })]
    pages.push(await reading.list({ ...all, limit: 1, before: pages[0]!.next }))
    const some = await reading.list({ ...all, ids: [ids['closed']!, ids['answered']!] })
    for (const found of [pages.flatMap(({ conversations }) => conversations), some.conversations]) {
      expect(found.map(({ id }) => nameOf(id))).toEqual(['answered', 'closed'])
      expect(found[0]!.listedAt > found[1]!.listedAt).toBe(true)
    }
    expect(pages[1]!.next).toBeUndefined()
    const { views } = await reading.countViews({ ...all, reader: { id: 'ben', since: clock.now() } })
    expect(views.mentions).toBe(1)
  })
})
