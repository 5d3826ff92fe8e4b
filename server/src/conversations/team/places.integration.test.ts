import { describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import {
  CONVERSATION_VIEWS,
  createConversations,
  readReceivedFacts,
  type ConversationPlace,
  type FilingAccount,
} from '../index.ts'

const HOUR_MS = 60 * 60 * 1000
const database = await testDatabase()
const clock = createTestClock()
const events = createEvents(database)
const conversations = createConversations({ database, clock, events })
const { team, reading, reads, snoozes, outgoing } = conversations
const SUPPORT = { name: '', address: 'support@contoso.example' }
const BEN = 'person:ben'
const reader = { id: 'ben', since: clock.now() }
const OUTSIDE = ['spam', 'deleted'] as const
let number = 0

async function newAccount(): Promise<FilingAccount> {
  const folders = ['inbox', 'junk', 'sent'].map((role) => ({ role, synced: true }))
  const { id } = await storeEmailAccount(database, clock, { address: SUPPORT.address, kind: 'user', folders })
  return { id, address: SUPPORT.address, createdAt: clock.now() }
}

function mail(more: Partial<RemoteMessage> = {}): RemoteMessage {
  clock.advance(1000)
  return { ...customerMessage(clock, ++number), receivedAt: clock.now(), ...more }
}

async function file(account: FilingAccount, message: RemoteMessage) {
  return (await database.transaction((tx) => conversations.filing.file(tx, account, message)))!
}

async function started(account: FilingAccount, more: Partial<RemoteMessage> = {}) {
  const first = mail(more)
  const { conversationId: id, messageId } = await file(account, first)
  const now = async () => (await reading.find(id))!
  return { id, messageId, now, reply: { inReplyTo: [first.messageId!] } }
}

async function viewsOf(account: FilingAccount, id: ConversationId, search?: string): Promise<string[]> {
  const found: string[] = []
  for (const view of CONVERSATION_VIEWS) {
    for (const emailAccountIds of ['all' as const, [account.id]]) {
      const input = { emailAccountIds, view, userId: 'ben' }
      const lists = [
        await reading.list({ ...input, limit: 200, ...(search !== undefined && { search }) }),
        ...(search === undefined ? [await reading.list({ ...input, ids: [id] })] : []),
      ]
      const hits = lists.filter((list) => list.conversations.some((one) => one.id === id)).length
      if (hits > 0) expect(hits).toBe(lists.length)
      if (hits > 0 && !found.includes(view)) found.push(view)
    }
  }
  return found
}

async function kindsOf(id: ConversationId) {
  const { events: all } = await events.list({ emailAccountIds: 'all', subjectId: id })
  return all.map(({ kind, payload }) => [kind, (payload as { by?: string }).by])
}

const isQuiet = async (messageId: string) =>
  (await readReceivedFacts(database, [messageId])).get(messageId)!.isOutsideInbox

const later = () => new Date(clock.now().getTime() + HOUR_MS)

describe.each(OUTSIDE)('a conversation in %s', (place) => {
  it('is in that view alone, and in no count of the others', async () => {
    const account = await newAccount()
    const { id, now } = await started(account)
    await team.assign(id, 'ben', BEN)
    const before = await viewsOf(account, id)
    expect(before).toEqual(['open', 'mine', 'needs-reply', 'all'])

    expect(await team.setPlace(id, place, BEN)).toMatchObject({ place, status: 'open', assigneeId: 'ben' })
    expect(await viewsOf(account, id)).toEqual([place])
    const counted = { emailAccountIds: [account.id], reader }
    const { views, forMe, emailAccounts } = await reading.countViews(counted)
    expect(views).toMatchObject({ open: 0, mine: 0, 'needs-reply': 0, spam: place === 'spam' ? 1 : 0 })
    expect([forMe, emailAccounts[0]!.open]).toEqual([0, 0])
    await reads.markSeen(id, reader)
    expect((await reading.countViews(counted)).views.spam).toBe(0)

    await team.setPlace(id, 'inbox', BEN)
    expect(await viewsOf(account, id)).toEqual(before)
    expect(await now()).toMatchObject({ place: 'inbox', status: 'open', assigneeId: 'ben' })
  })

  it('is found by a search that names it, and by no other', async () => {
    const account = await newAccount()
    const subject = `Parrot${account.id.replaceAll('-', '')}`
    const { id } = await started(account, { subject })
    const tag = (await conversations.tags.create({ name: subject, color: 'red' }, BEN)).id
    await conversations.tagging.change(id, { add: [tag], remove: [] }, BEN)
    await team.setPlace(id, place, BEN)
    expect(await viewsOf(account, id, subject)).toEqual([place])
    expect(await viewsOf(account, id, `is:unread`)).toEqual([place])
    expect(await viewsOf(account, id, `${subject} is:${place}`)).toEqual(['all', place])
    expect(await viewsOf(account, id, `is:${place}`)).toEqual(['all', place])
    expect(await viewsOf(account, id, `${subject} -is:${place}`)).toEqual([])
    const tagged = async (view: 'all' | typeof place) =>
      (await reading.list({ emailAccountIds: [account.id], view, tagId: tag })).conversations.map((one) => one.id)
    expect([await tagged('all'), await tagged(place)]).toEqual([[], [id]])
  })

  it('has one event for each change', async () => {
    const { id } = await started(await newAccount())
    await team.setPlace(id, place, BEN)
    await team.setPlace(id, place, BEN)
    await team.setPlace(id, 'inbox', BEN)
    await team.setPlace(id, 'inbox', BEN)
    const [there, back] = { spam: ['spam_marked', 'spam_unmarked'], deleted: ['deleted', 'restored'] }[place]
    expect((await kindsOf(id)).filter(([kind]) => kind !== 'conversation.created')).toEqual([
      [`conversation.${there}`, BEN],
      [`conversation.${back}`, BEN],
    ])
  })

  it('stays snoozed past its time, and opens when it is back', async () => {
    const { id, now } = await started(await newAccount())
    await team.snooze(id, later(), BEN)
    await team.setPlace(id, place, BEN)
    clock.advance(HOUR_MS)
    await snoozes.wakeDue()
    expect((await now()).status).toBe('snoozed')
    await team.setPlace(id, 'inbox', BEN)
    await snoozes.wakeDue()
    expect((await now()).status).toBe('open')
  })

  it('comes back with an answer of the team, and returns when sending is canceled', async () => {
    const { id, now } = await started(await newAccount())
    await team.setPlace(id, place, BEN)
    const forward = { author: 'ben', assigns: false, isForward: true }
    expect(await database.transaction((tx) => outgoing.recordAnswer(tx, id, forward))).toBeUndefined()
    expect((await now()).place).toBe(place)

    const answer = { author: 'ben', assigns: false }
    const effect = (await database.transaction((tx) => outgoing.recordAnswer(tx, id, answer)))!
    expect(await now()).toMatchObject({ place: 'inbox', needsReply: false })
    await database.transaction((tx) => outgoing.revertAnswer(tx, id, effect, 'ben'))
    expect(await now()).toMatchObject({ place, needsReply: true })
    const there = place === 'spam' ? 'conversation.spam_marked' : 'conversation.deleted'
    expect((await kindsOf(id)).filter(([kind]) => kind === there)).toHaveLength(2)
  })
})

describe('new mail', () => {
  it('stays in spam with its conversation, without a notification', async () => {
    const account = await newAccount()
    const { id, now, reply } = await started(account)
    await team.close(id, BEN)
    await team.setPlace(id, 'spam', BEN)
    const { messageId, conversationId } = await file(account, mail(reply))
    expect(conversationId).toBe(id)
    // Out of Spam, it is work again.
    expect(await now()).toMatchObject({ place: 'spam', status: 'open', messageCount: 2 })
    expect(await isQuiet(messageId)).toBe(true)
  })

  it('restores a deleted conversation if a person wrote it', async () => {
    const account = await newAccount()
    const { id, now, reply } = await started(account)
    await team.close(id, BEN)
    await team.setPlace(id, 'deleted', BEN)
    const automatic = await file(
      account,
      mail({ ...reply, headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }] }),
    )
    expect(await now()).toMatchObject({ place: 'deleted', status: 'closed' })
    expect(await isQuiet(automatic.messageId)).toBe(true)

    const { messageId } = await file(account, mail(reply))
    expect(await now()).toMatchObject({ place: 'inbox', status: 'open', needsReply: true })
    expect(await isQuiet(messageId)).toBe(false)
    expect(await kindsOf(id)).toContainEqual(['conversation.restored', 'message'])
  })

  it('starts a conversation in spam if it is in Junk, and joins one in the inbox', async () => {
    const account = await newAccount()
    const spam = await started(account, { folderRemoteId: 'junk' })
    expect(await spam.now()).toMatchObject({ place: 'spam' })
    expect(await isQuiet(spam.messageId)).toBe(true)

    const { id, now, reply } = await started(account)
    const answer = await file(account, mail({ ...reply, folderRemoteId: 'junk' }))
    expect(answer.conversationId).toBe(id)
    expect(await now()).toMatchObject({ place: 'inbox', messageCount: 2 })
  })
})

describe('merge and split', () => {
  it.each<[ConversationPlace, ConversationPlace, ConversationPlace]>([
    ['inbox', 'spam', 'inbox'],
    ['spam', 'inbox', 'inbox'],
    ['deleted', 'spam', 'spam'],
    ['deleted', 'deleted', 'deleted'],
  ])('from %s into %s gives %s', async (from, into, after) => {
    const account = await newAccount()
    const [one, other] = [await started(account), await started(account)]
    await team.setPlace(one.id, from, BEN)
    await team.setPlace(other.id, into, BEN)
    expect(await team.merge(one.id, other.id, BEN)).toMatchObject({ place: after })
    expect(await viewsOf(account, one.id)).toEqual([])
    const unmarked = (await kindsOf(other.id)).filter(([kind]) => kind === 'conversation.spam_unmarked')
    expect(unmarked).toHaveLength(into === 'spam' && after === 'inbox' ? 1 : 0)
  })

  it('leaves the part that is split off in its place', async () => {
    const account = await newAccount()
    const { id, reply } = await started(account)
    const { messageId } = await file(account, mail(reply))
    await team.setPlace(id, 'spam', BEN)
    expect(await team.split(id, [messageId], BEN)).toMatchObject({ place: 'spam' })
  })
})
