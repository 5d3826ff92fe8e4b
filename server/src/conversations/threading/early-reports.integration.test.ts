import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { Address, RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, type FiledMessage, type FilingAccount } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const events = createEvents(database)
const conversations = createConversations({ database, clock, events })

const SUPPORT: Address = { name: 'Support', address: 'support@contoso.example' }
const PEOPLE: Address[] = ['kim', 'lee', 'ann'].map((name) => ({ name, address: `${name}@customer.example` }))
const [KIM, LEE] = PEOPLE as [Address, Address]

async function newAccount(): Promise<FilingAccount> {
  const folders = ['inbox', 'sent', 'archive'].map((role) => ({ role, synced: true }))
  const { id } = await storeEmailAccount(database, clock, { address: SUPPORT.address, kind: 'user', folders })
  return { id, address: SUPPORT.address, createdAt: clock.now() }
}

const file = (account: FilingAccount, page: readonly RemoteMessage[]) =>
  database.transaction((tx) => conversations.filing.fileMany(tx, account, page)) as Promise<FiledMessage[]>

const sentMail = (n: number, more: Partial<RemoteMessage> = {}) =>
  customerMessage(clock, n, {
    remoteId: `sent-${n}`,
    folderRemoteId: 'sent',
    messageId: `replaced-${n}@exchange`,
    remoteConversationId: `thread-${n}`,
    from: SUPPORT,
    to: [KIM],
    flags: ['seen'],
    receivedAt: new Date(clock.now().getTime() + 10_000 * n),
    ...more,
  })

const report = (n: number, about: number, to: Address, more: Partial<RemoteMessage> = {}, action = 'failed') =>
  customerMessage(clock, 100 + n, {
    remoteId: `report-${n}`,
    remoteConversationId: `thread-${about}`,
    from: { name: '', address: 'postmaster@exchange.example' },
    to: [SUPPORT],
    subject: `Undeliverable: ${n}`,
    receivedAt: new Date(clock.now().getTime() + 10_000 * about + n),
    marks: {
      automatic: { kind: 'report', reason: 'Content-Type: multipart/report' },
      deliveryReport: {
        originalMessageId: `replaced-${about}@exchange`,
        originalReferences: [],
        recipients: [
          {
            address: to.address,
            originalAddress: undefined,
            action: action as 'failed' | 'delayed',
            status: '5.1.1',
            diagnostic: '550 unknown',
          },
        ],
      },
    },
    ...more,
  })

/** Everything that users see of the mail of an account, with remote ids instead of ids of this database. */
async function seen({ id }: FilingAccount) {
  const { db } = database
  const messages = await db.selectFrom('messages').selectAll().where('email_account_id', '=', id).execute()
  const rows = await db
    .selectFrom('conversations')
    .selectAll()
    .where('email_account_id', '=', id)
    .where('merged_into', 'is', null)
    .execute()
  const bounced = await db
    .selectFrom('events')
    .selectAll()
    .where('email_account_id', '=', id)
    .where('kind', '=', 'message.bounced')
    .execute()
  const bounces = await conversations.messages.bounces(messages.map((each) => each.id))
  const remoteIdOf = (messageId: string) => messages.find((each) => each.id === messageId)!.remote_id
  const contentOf = (conversationId: string) =>
    messages.filter((each) => each.conversation_id === conversationId).map((each) => each.remote_id).sort() // prettier-ignore
  return {
    conversations: rows
      .map(({ id: each, subject, status, participants, preview, unread, message_count, last_message_at }) => {
        return { subject, status, participants, preview, unread, message_count, last_message_at, content: contentOf(each) } // prettier-ignore
      })
      .sort((one, other) => (one.content[0]! < other.content[0]! ? -1 : 1)),
    splitProposed: messages.filter((each) => each.split_proposed).length,
    bounced: bounced
      .map(({ subject_id: messageId, payload }) => {
        const { conversationId, recipients } = payload as { conversationId: string; recipients: unknown }
        return { report: remoteIdOf(messageId), content: contentOf(conversationId), recipients }
      })
      .sort((one, other) => (one.report < other.report ? -1 : 1)),
    bounces: Object.fromEntries(
      [...bounces].map(([messageId, each]) => [
        remoteIdOf(messageId),
        each.map((one) => [remoteIdOf(one.messageId), one.recipients]),
      ]),
    ),
  }
}

const eventsOf = async (subjectId: string) =>
  (await database.db.selectFrom('events').select(['kind', 'payload']).where('subject_id', '=', subjectId).orderBy('id').execute()) // prettier-ignore

describe('a delivery report filed before the Sent copy', () => {
  const drawn = fc.record({
    recipients: fc.array(fc.subarray(PEOPLE, { minLength: 1 }), { minLength: 1, maxLength: 3 }),
    field: fc.constantFrom('to', 'cc', 'bcc'),
    reports: fc.array(
      fc.record({ about: fc.nat(3), to: fc.constantFrom(...PEOPLE), action: fc.constantFrom('failed', 'delayed') }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  const order = fc.array(fc.record({ place: fc.double({ noNaN: true }), endsPage: fc.boolean() }), { minLength: 8, maxLength: 8 }) // prettier-ignore

  it('has the same result as one filed after it, for all orders and pages', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(drawn, order, async ({ recipients, field, reports }, places) => {
        const mail = [
          ...recipients.map((some, n) => sentMail(n, { to: [], [field]: some })),
          ...reports.map(({ about, to, action }, n) => report(n, about, to, {}, action)),
        ]
        const usual = await newAccount()
        await file(usual, mail)

        const shuffled = await newAccount()
        const ordered = mail
          .map((message, n) => ({ message, ...places[n]! }))
          .sort((one, other) => one.place - other.place)
        let page: RemoteMessage[] = []
        for (const { message, endsPage } of ordered) {
          page.push(message)
          if (!endsPage) continue
          await file(shuffled, page)
          page = []
        }
        await file(shuffled, page)
        expect(await seen(shuffled)).toEqual(await seen(usual))
      }),
      { numRuns: 60 },
    )
  })

  it('moves with its notes and drafts, and events tell both conversations and the bounce', async () => {
    const account = await newAccount()
    const [early] = await file(account, [report(0, 1, KIM)]) // In the second of the message.
    await conversations.team.note(early!.conversationId, 'ben', 'Wrong address?')
    const [sent] = await file(account, [sentMail(1)])

    const { messages, notes, conversation } = await conversations.reading.get(sent!.conversationId)
    expect(messages.map(({ id }) => id)).toEqual([sent!.messageId, early!.messageId])
    expect(notes).toMatchObject([{ body: 'Wrong address?' }])
    expect(conversation).toMatchObject({ subject: 'Question 1', participants: [KIM], unread: true, messageCount: 2 })
    expect((await conversations.reading.get(early!.conversationId)).conversation).toMatchObject({
      mergedInto: sent!.conversationId,
      status: 'closed',
    })
    expect((await eventsOf(early!.messageId)).map(({ kind }) => kind)).toEqual(['message.received', 'message.bounced'])
    expect((await eventsOf(sent!.conversationId)).map(({ kind }) => kind)).toEqual([
      'conversation.created',
      'conversation.merged',
    ])
    expect((await eventsOf(early!.conversationId)).at(-1)).toEqual({
      kind: 'conversation.superseded',
      payload: { conversationId: early!.conversationId, into: sent!.conversationId, by: 'message' },
    })
  })

  it('joins the conversation of an answer that has the Message-ID already', async () => {
    const account = await newAccount()
    const [early, answer] = await file(account, [
      report(1, 1, KIM),
      customerMessage(clock, 50, { remoteConversationId: undefined, from: LEE, inReplyTo: ['replaced-1@exchange'] }),
    ])
    const [sent] = await file(account, [sentMail(1)])
    expect(sent!.conversationId).toBe(answer!.conversationId)
    expect((await conversations.messages.get(early!.messageId)).conversationId).toBe(answer!.conversationId)
  })

  it('keeps its conversation if that has other mail, or if it names no recipient', async () => {
    const account = await newAccount()
    const [answered, foreign] = await file(account, [report(1, 1, KIM), report(2, 1, LEE)])
    await file(account, [
      sentMail(5, { inReplyTo: [report(1, 1, KIM).messageId!], to: [{ name: '', address: 'postmaster@exchange.example' }] }), // prettier-ignore
    ])
    const [sent] = await file(account, [sentMail(1)])
    for (const { messageId, conversationId } of [answered!, foreign!]) {
      expect(conversationId).not.toBe(sent!.conversationId)
      expect((await conversations.messages.get(messageId)).conversationId).toBe(conversationId)
      expect((await eventsOf(messageId)).map(({ kind }) => kind)).toEqual(['message.received'])
    }
  })

  it('stays split off when another copy of the message is filed', async () => {
    const account = await newAccount()
    const [early] = await file(account, [report(1, 1, KIM)])
    const [sent] = await file(account, [sentMail(1)])
    const split = await conversations.team.split(sent!.conversationId, [early!.messageId], 'ben')
    const [second] = await file(account, [
      sentMail(1, { remoteId: 'second', body: { type: 'text', content: 'With a footer' } }),
    ])
    expect(second).toMatchObject({ created: true, conversationId: sent!.conversationId })
    expect((await conversations.messages.get(early!.messageId)).conversationId).toBe(split.id)
  })

  it('joins the conversation of a message without a copy in the mailbox', async () => {
    const account = await newAccount()
    const [early] = await file(account, [report(1, 1, KIM)])
    const id = await database.transaction(async (tx) => {
      await conversations.outgoing.lockAccount(tx, account)
      const body = { type: 'text' as const, content: 'Hello' }
      const message = { from: SUPPORT, to: [KIM], cc: [], subject: 'Hello', body, sentAt: clock.now() }
      return conversations.outgoing.startConversation(tx, account, { messageId: 'replaced-1@exchange', ...message })
    })
    expect((await conversations.messages.get(early!.messageId)).conversationId).toBe(id)
    expect((await eventsOf(early!.messageId)).map(({ kind }) => kind)).toContain('message.bounced')
  })

  it('from another mailbox joins nothing', async () => {
    const [one, other] = [await newAccount(), await newAccount()]
    const [early] = await file(one, [report(1, 1, KIM)])
    await file(other, [sentMail(1)])
    expect((await conversations.messages.get(early!.messageId)).conversationId).toBe(early!.conversationId)
  })

  it('leaves the need of a reply as it was, because an answer may have no copy', async () => {
    const account = await newAccount()
    const [early, answer] = await file(account, [
      report(1, 1, KIM),
      customerMessage(clock, 50, { remoteConversationId: undefined, from: LEE, inReplyTo: ['replaced-1@exchange'] }),
    ])
    const conversation = database.db.updateTable('conversations').where('id', '=', answer!.conversationId)
    await conversation.set({ needs_reply: false }).execute()
    await file(account, [sentMail(1)])
    const { conversationId } = await conversations.messages.get(early!.messageId)
    expect(conversationId).toBe(answer!.conversationId)
    expect(await conversations.reading.get(conversationId)).toMatchObject({ conversation: { needsReply: false } })
  })

  it('joins although a recipient has written more reports about others than are read', async () => {
    const account = await newAccount()
    const forged = Array.from({ length: 205 }, (_, n) =>
      report(n, 1, LEE, { remoteId: `forged-${n}`, messageId: `f${n}@x` }),
    )
    const [early] = await file(account, [...forged, report(300, 1, KIM)]).then((filed) => filed.slice(-1))
    const [sent] = await file(account, [sentMail(1)])
    expect((await conversations.messages.get(early!.messageId)).conversationId).toBe(sent!.conversationId)
  })
})
