import { describe, expect, it } from 'vitest'
import { createEvents } from '../events/index.ts'
import { newId } from '../kernel/ids.ts'
import type { Address, RemoteMessage } from '../mail/index.ts'
import { createTestClock, storeEmailAccount, testDatabase } from '../../test/kit/index.ts'
import { createConversations, type FiledMessage, type FilingAccount } from './index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const events = createEvents(database)
const conversations = createConversations({ database, clock, events })
const { reading } = conversations

const KIM: Address = { name: 'Kim', address: 'kim@customer.example' }
const LEE: Address = { name: 'Lee', address: 'lee@customer.example' }
const SUPPORT: Address = { name: 'Support', address: 'support@contoso.example' }
let messages = 0

async function newAccount(): Promise<FilingAccount> {
  const folders = ['inbox', 'sent', 'archive', 'drafts'].map((role) => ({ role, synced: true }))
  const { id } = await storeEmailAccount(database, clock, { address: SUPPORT.address, kind: 'user', folders })
  return { id, address: SUPPORT.address, createdAt: clock.now() }
}

function mail(more: Partial<RemoteMessage> = {}): RemoteMessage {
  const n = ++messages
  return {
    partial: false,
    remoteId: `r${n}`,
    folderRemoteId: 'inbox',
    messageId: `m${n}@customer.example`,
    inReplyTo: [],
    references: [],
    remoteConversationId: undefined,
    subject: 'Invoice',
    from: KIM,
    sender: undefined,
    to: [SUPPORT],
    cc: [],
    bcc: [],
    replyTo: [],
    sentAt: undefined,
    receivedAt: new Date(clock.now().getTime() + n),
    flags: [],
    preview: `Preview ${n}`,
    body: { type: 'text', content: `Text ${n}` },
    hasAttachments: false,
    headers: [],
    ...more,
  }
}

function answer(more: Partial<RemoteMessage> = {}): RemoteMessage {
  return mail({ folderRemoteId: 'sent', from: SUPPORT, to: [KIM], ...more })
}

async function file(account: FilingAccount, message: RemoteMessage): Promise<FiledMessage> {
  return (await database.transaction((tx) => conversations.filing.file(tx, account, message)))!
}

async function kindsOf({ id }: FilingAccount): Promise<string[]> {
  const { events: all } = await events.list({ emailAccountIds: [id], limit: 500 })
  return all.map(({ kind }) => kind)
}

describe('filing a message', () => {
  it.each([
    ['is new in the second in which the mailbox was connected', '2026-01-01T10:00:07Z', 'message.received'],
    ['is imported from the second before', '2026-01-01T10:00:06Z', 'message.imported'],
  ])('%s, because server timestamps have a resolution of one second', async (_, receivedAt, kind) => {
    const account = { ...(await newAccount()), createdAt: new Date('2026-01-01T10:00:07.900Z') }

    await file(account, mail({ receivedAt: new Date(receivedAt) }))

    expect(await kindsOf(account)).toContain(kind)
  })

  it("starts a conversation with the message's subject, participants and preview", async () => {
    const account = await newAccount()
    const { conversationId } = await file(account, mail({ subject: 'Broken lamp', cc: [LEE] }))
    await file(account, mail({ subject: 'AW: Broken lamp', references: [`m${messages}@customer.example`], from: LEE }))

    const { conversation, messages: filed } = await reading.get(conversationId)
    expect(conversation).toMatchObject({
      subject: 'Broken lamp',
      status: 'open',
      unread: true,
      messageCount: 2,
      preview: `Preview ${messages}`,
      participants: [KIM, LEE],
      assigneeId: undefined,
    })
    expect(filed.map(({ subject }) => subject)).toEqual(['Broken lamp', 'AW: Broken lamp'])
  })

  it('recognizes a stored message by its id, and in another folder by its key, without a second row or event', async () => {
    const account = await newAccount()
    const message = mail()
    const first = await file(account, message)
    const again = await file(account, { ...message, flags: ['seen'] })
    const copy = await file(account, { ...message, remoteId: 'copy', folderRemoteId: 'archive' })

    expect([again, copy]).toEqual(Array(2).fill({ ...first, created: false }))
    expect(await kindsOf(account)).toEqual(['conversation.created', 'message.received', 'message.flags_changed'])
  })

  it('stores one message when transactions file it concurrently', async () => {
    const account = await newAccount()
    const message = mail()

    const filed = await Promise.all(Array.from({ length: 8 }, () => file(account, message)))

    expect(filed.filter(({ created }) => created)).toHaveLength(1)
    expect(new Set(filed.map(({ conversationId }) => conversationId)).size).toBe(1)
    expect(await reading.counts(account.id)).toMatchObject({ conversations: 1, messages: 1 })
  })

  it('excludes drafts of the server', async () => {
    const account = await newAccount()
    expect(await file(account, answer({ flags: ['draft'] }))).toBeUndefined()
    expect(await file(account, answer({ folderRemoteId: 'drafts' }))).toBeUndefined()
  })
})

describe('the conversation of a message', () => {
  it('is the conversation of the messages it answers or references, in any order of arrival', async () => {
    const chain = [
      mail({ messageId: 'a@x' }),
      answer({ messageId: 'b@x', inReplyTo: ['a@x'] }),
      mail({ messageId: 'c@x', inReplyTo: ['b@x'] }),
      mail({ messageId: 'd@x', references: ['b@x', 'c@x'] }),
    ]
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
    ]) {
      const account = await newAccount()
      for (const n of order) await file(account, chain[n]!)
      expect(await reading.counts(account.id)).toMatchObject({ conversations: 1, messages: 4 })
    }
  })

  it('is shared with other answers to the same missing message', async () => {
    const account = await newAccount()
    const one = await file(account, mail({ references: ['unseen@x'] }))
    const two = await file(account, mail({ inReplyTo: ['unseen@x'] }))
    expect(two.conversationId).toBe(one.conversationId)
  })

  it("follows the server's conversation id only if a participant matches", async () => {
    const account = await newAccount()
    const remoteConversationId = 'exchange-joined-these'
    const kim = await file(account, mail({ remoteConversationId }))
    const ours = await file(account, answer({ remoteConversationId }))
    const lee = await file(account, mail({ remoteConversationId, from: LEE }))

    expect(ours.conversationId).toBe(kim.conversationId)
    expect(lee.conversationId).not.toBe(kim.conversationId)
  })

  it('never belongs to another email account', async () => {
    const [one, two] = [await newAccount(), await newAccount()]
    const original = mail()
    const here = await file(one, original)
    const there = await file(two, mail({ inReplyTo: [original.messageId!] }))
    expect(there.conversationId).not.toBe(here.conversationId)
  })

  it('is found by the Message-ID of a queued message, before the Sent copy arrives', async () => {
    const account = await newAccount()
    const { conversationId } = await file(account, mail())
    await database.transaction((tx) => conversations.outgoing.expectAnswers(tx, conversationId, 'ours@contoso.example'))

    const early = await file(account, mail({ inReplyTo: ['ours@contoso.example'] }))
    const copy = await file(account, answer({ messageId: 'ours@contoso.example' }))

    expect([early.conversationId, copy.conversationId]).toEqual([conversationId, conversationId])
  })

  it("is the submission's conversation for a Sent copy", async () => {
    const rooms = createConversations({ database, clock, events })
    const account = await newAccount()
    const { conversationId } = await file(account, mail())
    const filed: unknown[] = []
    rooms.outgoing.onSentMail({
      knownAmong: async () => new Map([['draft-1', { isAutomatic: false }]]),
      merged: () => Promise.resolve(),
      listOf: () => Promise.resolve([]),
      conversationOf: async (_tx, { remoteId }) => (remoteId === 'draft-1' ? conversationId : undefined),
      filed: async (_tx, copy) => void filed.push([copy.remoteId, copy.rfcMessageId, copy.created]),
    })
    const copy = answer({ remoteId: 'draft-1', messageId: 'rewritten@exchange' })
    const file2 = () => database.transaction((tx) => rooms.filing.file(tx, account, copy))

    expect(await file2()).toMatchObject({ conversationId, created: true })
    await file2()
    expect(filed).toEqual([
      ['draft-1', 'rewritten@exchange', true],
      ['draft-1', 'rewritten@exchange', false],
    ])
  })
})

describe('a closed conversation', () => {
  async function closed(account: FilingAccount) {
    const original = mail()
    const { conversationId } = await file(account, original)
    await conversations.team.close(conversationId, 'ben')
    const state = async () => (await reading.find(conversationId))?.status
    return { conversationId, inReplyTo: [original.messageId!], state }
  }

  it('is reopened by new mail from the customer', async () => {
    const account = await newAccount()
    const { inReplyTo, state } = await closed(account)
    await file(account, mail({ inReplyTo }))
    expect(await state()).toBe('open')
    expect(await kindsOf(account)).toContain('conversation.reopened')
  })

  it('is reopened by a question sent through a mailing list', async () => {
    const account = await newAccount()
    const { inReplyTo, state } = await closed(account)
    const headers = [
      { name: 'List-Id', value: '<users.lists.example>' },
      { name: 'Precedence', value: 'list' },
    ]
    await file(account, mail({ inReplyTo, headers }))
    expect(await state()).toBe('open')
  })

  it.each<[string, (inReplyTo: string[]) => RemoteMessage]>([
    ['our own answer', (inReplyTo) => answer({ inReplyTo })],
    ['imported old mail', (inReplyTo) => mail({ inReplyTo, receivedAt: new Date('2025-12-01T00:00:00Z') })],
    [
      'an out-of-office',
      (inReplyTo) => mail({ inReplyTo, headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }] }),
    ],
    [
      'an out-of-office of the old kind',
      (inReplyTo) => mail({ inReplyTo, headers: [{ name: 'Precedence', value: 'bulk' }] }),
    ],
  ])('stays closed for %s', async (_what, message) => {
    const account = await newAccount()
    const { inReplyTo, state } = await closed(account)
    await file(account, message(inReplyTo))
    expect(await state()).toBe('closed')
  })
})

describe('the direction of a message', () => {
  it.each([
    ['sent', SUPPORT, 'out'],
    ['inbox', KIM, 'in'],
    // A website form that sends as support@ to support@.
    ['inbox', SUPPORT, 'in'],
    ['archive', SUPPORT, 'out'],
  ] as const)('is, in folder %s and from %o, %s', async (folderRemoteId, from, direction) => {
    const account = await newAccount()
    const { messageId } = await file(account, mail({ folderRemoteId, from }))
    expect(await conversations.messages.get(messageId)).toMatchObject({ direction, unread: direction === 'in' })
  })

  it('is out for mail from another address of the mailbox, which is not a participant', async () => {
    const account = { ...(await newAccount()), aliases: [{ address: 'Sales@Contoso.example' }] }
    const SALES: Address = { name: 'Sales', address: 'sales@contoso.example' }
    const ours = await file(account, mail({ folderRemoteId: 'archive', from: SALES, to: [KIM], cc: [SUPPORT] }))
    expect(await conversations.messages.get(ours.messageId)).toMatchObject({ direction: 'out' })
    expect((await reading.find(ours.conversationId))?.participants.map(({ address }) => address)).toEqual([KIM.address])
  })
})

describe('a sparse change', () => {
  it('changes only the fields it contains', async () => {
    const account = await newAccount()
    const message = mail({ flags: ['flagged'] })
    const { messageId, conversationId } = await file(account, message)
    const change = { partial: true as const, remoteId: message.remoteId, folderRemoteId: 'inbox' }
    const apply = (flagsAdded: string[], flagsRemoved: string[]) =>
      database.transaction((tx) =>
        conversations.filing.applyPartial(tx, account, { ...change, flagsAdded, flagsRemoved }),
      )

    await apply(['seen'], [])
    expect(await conversations.messages.get(messageId)).toMatchObject({
      flags: ['flagged', 'seen'],
      unread: false,
      subject: message.subject,
      body: message.body,
    })
    expect((await reading.find(conversationId))?.unread).toBe(false)

    await apply([], ['seen'])
    expect((await reading.find(conversationId))?.unread).toBe(true)
  })

  it('returns undefined for a message that is not stored, so that the caller fetches it', async () => {
    const account = await newAccount()
    const change = { partial: true as const, remoteId: 'x', folderRemoteId: 'inbox', flagsAdded: [], flagsRemoved: [] }
    expect(await database.transaction((tx) => conversations.filing.applyPartial(tx, account, change))).toBeUndefined()
  })
})

describe('conversation work', () => {
  it('assigns, closes, marks as seen and adds notes, with one event per change', async () => {
    const account = await newAccount()
    const { conversationId } = await file(account, mail())

    await conversations.team.assign(conversationId, 'ben', 'anna')
    await conversations.team.assign(conversationId, 'ben', 'anna')
    await conversations.team.markSeen(conversationId, 'ben')
    await conversations.team.markSeen(conversationId, 'ben')
    await conversations.team.note(conversationId, 'ben', 'Called her')
    await conversations.team.close(conversationId, 'ben')
    await conversations.team.close(conversationId, 'ben')

    const view = await reading.get(conversationId)
    expect(view.conversation).toMatchObject({ assigneeId: 'ben', status: 'closed', unread: false })
    expect(view.notes).toMatchObject([{ authorId: 'ben', body: 'Called her' }])
    expect((await kindsOf(account)).slice(2)).toEqual([
      'conversation.assigned',
      'conversation.seen',
      'conversation.note_added',
      'conversation.closed',
    ])
  })

  it('writes the conversation id and the account id into each event', async () => {
    const account = await newAccount()
    const { conversationId } = await file(account, mail())
    await conversations.team.close(conversationId, 'ann')
    await file(account, mail({ references: [`m${messages}@customer.example`] }))
    await conversations.team.assign(conversationId, 'ben', 'ann')
    await conversations.team.note(conversationId, 'ann', 'Called them.')
    await conversations.team.markSeen(conversationId, 'ben')

    const { events: all } = await events.list({ emailAccountIds: [account.id], limit: 500 })

    expect(all.length).toBeGreaterThanOrEqual(8)
    for (const { emailAccountId, payload } of all) {
      const conversation = 'conversationId' in payload ? payload.conversationId : undefined
      expect({ emailAccountId, conversationId: conversation }).toEqual({
        emailAccountId: account.id,
        conversationId,
      })
    }
  })

  it('fails with `conversations.not_found` for an unknown conversation', async () => {
    await expect(conversations.team.close(newId(), 'ben')).rejects.toMatchObject({ code: 'conversations.not_found' })
    await expect(reading.get(newId())).rejects.toMatchObject({ code: 'conversations.not_found' })
  })
})

describe('the conversation list', () => {
  it('has views for open, closed, own and unassigned conversations, of visible accounts only', async () => {
    const [account, other] = [await newAccount(), await newAccount()]
    const [open, mine, closed] = [await file(account, mail()), await file(account, mail()), await file(account, mail())]
    await file(other, mail())
    await conversations.team.assign(mine.conversationId, 'ben', 'ben')
    await conversations.team.close(closed.conversationId, 'ben')
    const ids = async (view: 'open' | 'closed' | 'mine' | 'unassigned' | 'all') => {
      const list = await reading.list({ emailAccountIds: [account.id], view, userId: 'ben' })
      return list.conversations.map(({ id }) => id)
    }

    expect(await ids('open')).toEqual([mine.conversationId, open.conversationId])
    expect(await ids('closed')).toEqual([closed.conversationId])
    expect(await ids('mine')).toEqual([mine.conversationId])
    expect(await ids('unassigned')).toEqual([open.conversationId])
    expect(await ids('all')).toHaveLength(3)
    expect((await reading.list({ emailAccountIds: [], view: 'all' })).conversations).toEqual([])
  })

  it('returns each conversation exactly once across pages, even with equal timestamps', async () => {
    const account = await newAccount()
    const receivedAt = new Date('2026-01-02T00:00:00Z')
    for (let n = 0; n < 7; n++) await file(account, mail({ receivedAt }))
    const seen: string[] = []
    let before: string | undefined
    do {
      const page = await reading.list({ emailAccountIds: [account.id], view: 'open', limit: 2, before })
      seen.push(...page.conversations.map(({ id }) => id))
      before = page.next
      // New mail must not shift the following pages.
      await file(account, mail({ receivedAt: new Date('2026-02-01T00:00:00Z') }))
    } while (before)

    expect(new Set(seen).size).toBe(7)
    expect(seen).toHaveLength(7)
  })

  it.each(['x', Buffer.from('["now", "x"]').toString('base64url'), ''])(
    'rejects the page cursor %j',
    async (before) => {
      const page = reading.list({ emailAccountIds: 'all', view: 'all', before })
      await expect(page).rejects.toMatchObject({ code: 'conversations.no_such_page' })
    },
  )

  it.each([
    ['lamp', true],
    ['LAM', true],
    ['lamp kim', true],
    ['lamp lee', false],
    ['kim@customer.example', true],
    ['customer', true],
    ['Müll', true],
    ["' & | ! <-> :*", false],
    ["lamp' | 'x", false],
    ['\\', false],
    ['', false],
  ])('matches %j: %s', async (search, isFound) => {
    const account = await newAccount()
    await file(account, mail({ subject: 'The lamp', body: { type: 'html', content: '<p>is <b>Müllabfuhr</b></p>' } }))
    const { conversations: found } = await reading.list({
      emailAccountIds: [account.id],
      view: 'all',
      search,
    })
    expect(found.length > 0).toBe(isFound)
  })
})

describe('a draft', () => {
  const content = { to: [KIM], cc: [], bcc: [], subject: 'Re: Invoice', text: 'Dear Kim,\0' }

  it('is saved, and a save of an older version is refused', async () => {
    const account = await newAccount()
    const { conversationId } = await file(account, mail())
    const draft = { emailAccountId: account.id, conversationId, authorId: 'ben', content }
    const first = await conversations.drafts.save(draft)
    const second = await conversations.drafts.save({ ...draft, id: first.id, version: first.version })

    await expect(conversations.drafts.save({ ...draft, id: first.id, version: first.version })).rejects.toMatchObject({
      code: 'conversations.draft_changed',
    })
    await expect(
      conversations.drafts.save({ ...draft, id: first.id, version: 2, authorId: 'eve' }),
    ).rejects.toMatchObject({ code: 'conversations.not_found' })
    expect(second).toMatchObject({ version: 2, content: { text: 'Dear Kim,' } })
    expect((await reading.get(conversationId)).drafts).toEqual([second])
    const listed = await conversations.drafts.list({ authorId: 'ben', emailAccountIds: [account.id] })
    expect(listed).toMatchObject([{ id: first.id, version: 2, preview: 'Dear Kim,' }])

    await conversations.drafts.discard(first.id)
    expect(await conversations.drafts.find(first.id)).toBeUndefined()
  })

  it("can't belong to a conversation of another email account", async () => {
    const [account, other] = [await newAccount(), await newAccount()]
    const { conversationId } = await file(other, mail())
    const draft = { emailAccountId: account.id, conversationId, authorId: 'ben', content }
    await expect(conversations.drafts.save(draft)).rejects.toMatchObject({ code: 'conversations.not_found' })
  })
})

it('a conversation is read in pages, from the latest message to the first', async () => {
  const account = await newAccount()
  const first = mail()
  const { conversationId: id } = await file(account, first)
  const rest = [1, 2, 3, 4].map(() => mail({ inReplyTo: [first.messageId!], references: [first.messageId!] }))
  for (const one of rest) await file(account, one)
  const other = await file(account, mail({ subject: 'Something else' }))

  const pages = [await reading.get(id, { limit: 2 })]
  while (pages[0]!.earlier) pages.unshift(await reading.get(id, { limit: 2, before: pages[0]!.messages[0]!.id }))

  expect(pages.map(({ messages: read }) => read.length)).toEqual([1, 2, 2])
  expect(pages.flatMap(({ messages: read }) => read.map(({ messageId }) => messageId))).toEqual(
    [first, ...rest].map(({ messageId }) => messageId),
  )
  expect((await reading.get(id)).earlier).toBe(false)
  await expect(reading.get(id, { before: other.messageId })).rejects.toMatchObject({
    code: 'conversations.no_such_page',
  })
})

it('a conversation read since a position has all messages from there on, whatever arrives', async () => {
  const account = await newAccount()
  const first = mail()
  const answer = () => mail({ inReplyTo: [first.messageId!], references: [first.messageId!] })
  const { conversationId: id } = await file(account, first)
  for (const one of [answer(), answer()]) await file(account, one)
  const before = await reading.get(id, { limit: 2 })
  for (const one of [answer(), answer(), answer()]) await file(account, one)

  const after = await reading.get(id, { limit: 2, since: before.start })

  expect(after.messages.map((message) => message.id).slice(0, 2)).toEqual(before.messages.map((message) => message.id))
  expect([after.messages.length, after.start, after.earlier]).toEqual([5, before.start, true])
  const all = await reading.get(id)
  expect((await reading.get(id, { since: all.start })).earlier).toBe(false)
  await expect(reading.get(id, { since: 'nonsense' })).rejects.toMatchObject({ code: 'conversations.no_such_page' })
})
