import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConversationId, PersonId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createMailStage, SUPPORT } from '../../../test/conversations/mail-stage.ts'
import { countStatements } from '../../../test/kit/index.ts'
import type { AnswerRecord } from '../outgoing/answered.ts'
import {
  CONVERSATION_VIEWS,
  readReceivedFacts,
  type AnswerEffect,
  type ConversationPlace,
  type FilingAccount,
} from '../index.ts'

const HOUR_MS = 60 * 60 * 1000
const { database, clock, events, conversations, newAccount, mail, file, started } = await createMailStage()
const { team, reading, reads, snoozes, outgoing } = conversations
const BEN = 'person:ben'
const reader = { id: 'ben', since: clock.now() }
const OUTSIDE = ['spam', 'deleted'] as const
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

const answered = async (id: ConversationId, answer: Partial<AnswerRecord> = {}) => {
  const { emailAccountId } = (await reading.find(id))!
  const record = { author: 'ben', emailAccountId, assigns: false, ...answer }
  return database.transaction((tx) => outgoing.recordAnswer(tx, id, record))
}

const canceled = (id: ConversationId, effect: AnswerEffect | undefined, by = 'ben') =>
  database.transaction((tx) => outgoing.revertAnswer(tx, id, effect ?? {}, by))

async function moved(id: ConversationId, ...places: ConversationPlace[]) {
  for (const place of places) await team.setPlace(id, place, BEN)
}

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
    const rows = async (more: { search?: string }) =>
      (await reading.list({ emailAccountIds: [account.id], view: 'all', ids: [id], ...more })).conversations.length
    expect([await rows({ search: `is:${place}` }), await rows({ search: subject }), await rows({})]).toEqual([1, 0, 0])
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
    await answered(id, forward)
    expect((await now()).place).toBe(place)

    const effect = await answered(id)
    expect(await now()).toMatchObject({ place: 'inbox', needsReply: false })
    await canceled(id, effect)
    expect(await now()).toMatchObject({ place, needsReply: true })
    const there = place === 'spam' ? 'conversation.spam_marked' : 'conversation.deleted'
    expect((await kindsOf(id)).filter(([kind]) => kind === there)).toHaveLength(2)
  })
})

describe('canceling an answer leaves its conversation in the inbox', () => {
  it.each<[string, (it: Awaited<ReturnType<typeof started>>, account: FilingAccount) => Promise<unknown>]>([
    ['after mail of the customer', ({ reply }, account) => file(account, mail(reply))],
    ['after another answer', ({ id }) => answered(id)],
    ['after a person deleted and restored it', ({ id }) => moved(id, 'deleted', 'inbox')],
    ['after an answer that brought it back again', async ({ id }) => (await moved(id, 'deleted'), answered(id))],
    ['after a merge', async ({ id }, account) => team.merge((await started(account)).id, id, BEN)],
  ])('%s', async (_, change) => {
    const account = await newAccount()
    const one = await started(account)
    await moved(one.id, 'deleted')
    const effect = await answered(one.id)
    await change(one, account)
    await canceled(one.id, effect)
    expect((await one.now()).place).toBe('inbox')
  })

  it('after its merge into another one', async () => {
    const account = await newAccount()
    const [one, target] = [await started(account), await started(account)]
    await moved(one.id, 'deleted')
    const effect = await answered(one.id)
    await team.merge(one.id, target.id, BEN)
    await canceled(target.id, effect)
    expect((await target.now()).place).toBe('inbox')
  })
})

it('canceling an answer reverts that its author follows, unless they followed before', async () => {
  const account = await newAccount()
  const [one, other] = [await started(account), await started(account)]
  await team.followers.set(other.id, 'ben', true)
  for (const { id } of [one, other]) {
    const effect = await answered(id)
    expect(await team.followers.list(id)).toEqual(['ben'])
    await canceled(id, effect, 'anna')
  }
  expect([await team.followers.list(one.id), await team.followers.list(other.id)]).toEqual([[], ['ben']])
})

it.each<[string, (id: ConversationId) => Promise<unknown>]>([
  ['wrote a note', (id) => team.note(id, 'ben', 'Hello')],
  ['was mentioned', (id) => team.note(id, 'anna', 'Hello', ['ben' as PersonId])],
  ['answered again', (id) => answered(id)],
  ['followed', (id) => team.followers.set(id, 'ben', true)],
])('canceling an answer does not unfollow its author, who %s since', async (_, takePart) => {
  const { id } = await started(await newAccount())
  const effect = await answered(id)
  await takePart(id)
  await canceled(id, effect)
  expect(await team.followers.list(id)).toContain('ben')
})

it('a merge keeps who follows each conversation, and what a person decided about the remaining one', async () => {
  const account = await newAccount()
  const [one, target] = [await started(account), await started(account)]
  for (const person of ['anna', 'ben']) await team.followers.set(one.id, person, true)
  const effect = await answered(one.id, { author: 'cem' })
  await team.followers.set(target.id, 'ben', false)
  await team.merge(one.id, target.id, BEN)
  expect(await team.followers.list(target.id)).toEqual(['anna', 'cem'])
  await canceled(target.id, effect, 'cem')
  expect(await team.followers.list(target.id)).toEqual(['anna'])
})

describe('an answer from Outlook', () => {
  const SENT = { folderRemoteId: 'sent', from: SUPPORT }

  it.each(OUTSIDE)('brings a conversation back from %s', async (place) => {
    const account = await newAccount()
    const { id, now, reply } = await started(account)
    await moved(id, place)
    await file(account, mail({ ...reply, ...SENT, to: (await now()).participants }))
    expect((await now()).place).toBe('inbox')
    const kind = place === 'spam' ? 'conversation.spam_unmarked' : 'conversation.restored'
    expect(await kindsOf(id)).toContainEqual([kind, 'message'])
  })

  it.each<[string, Partial<RemoteMessage>]>([
    ['a forward to another person', { to: [{ name: '', address: 'kim@elsewhere.example' }] }],
    ['an automatic reply', { headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }] }],
    ['an imported one', { receivedAt: new Date('2020-01-01') }],
  ])('does not, if it is %s', async (_, more) => {
    const account = await newAccount()
    const { id, now, reply } = await started(account)
    await moved(id, 'spam')
    await file(account, mail({ ...reply, ...SENT, to: (await now()).participants, ...more }))
    expect(await now()).toMatchObject({ place: 'spam', messageCount: 2 })
  })
})

describe('a conversation that Junk put into Spam', () => {
  it('is in the inbox with mail outside Junk, in whatever order the folders are read', async () => {
    const thread = fc.array(fc.constantFrom('inbox', 'junk', 'sent'), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(thread, fc.boolean(), async (folders, isOnePage) => {
        const account = await newAccount()
        const root = { inReplyTo: [`root-${account.id}@x`] }
        const page = folders.map((folder) =>
          mail({ ...root, folderRemoteId: folder, ...(folder === 'sent' && { from: SUPPORT }) }),
        )
        const filed = isOnePage
          ? await database.transaction((tx) => conversations.filing.fileMany(tx, account, page))
          : []
        if (!isOnePage) for (const one of page) filed.push(await file(account, one))
        const { conversationId: id } = filed[0]!
        const isSpam = folders.every((folder) => folder === 'junk')
        expect(await reading.find(id)).toMatchObject({ place: isSpam ? 'spam' : 'inbox', messageCount: folders.length })
        const left = (await kindsOf(id)).filter(([kind]) => kind === 'conversation.spam_unmarked')
        expect(left).toEqual(folders[0] === 'junk' && !isSpam ? [['conversation.spam_unmarked', 'message']] : [])
      }),
      { numRuns: 20 },
    )
  })

  it('is in the inbox after Not junk in Outlook, unless a person marked it as spam', async () => {
    const account = await newAccount()
    const first = { ...mail(), folderRemoteId: 'junk' }
    const { conversationId: id } = await file(account, first)
    const now = async () => (await reading.find(id))!.place
    await file(account, { ...first, folderRemoteId: 'inbox' })
    expect(await now()).toBe('inbox')
    expect(await kindsOf(id)).toContainEqual(['conversation.spam_unmarked', 'mailbox'])

    await moved(id, 'spam')
    await file(account, { ...first, flags: ['flagged'], folderRemoteId: 'inbox' })
    expect(await now()).toBe('spam')
  })
})

it('a changed flag costs no statement for the place of its conversation', async () => {
  const account = await newAccount()
  const flagged = async (folderRemoteId: string) => {
    const known = { ...mail(), folderRemoteId }
    await file(account, known)
    return countStatements(database, () => file(account, { ...known, flags: ['flagged'] }))
  }
  expect(await flagged('inbox')).toBe(await flagged('junk'))
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
