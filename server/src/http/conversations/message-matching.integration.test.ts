import { describe, expect, it } from 'vitest'
import type { Marks, RemoteMessage } from '../../mail/index.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { conversations } = rooms
const { id } = await storeEmailAccount(database, clock)
const account = await rooms.emailAccounts.get(id)
const as = await person('agent', [id])
const OURS = { name: 'Support', address: account.address }
const KIM = { name: 'Kim', address: 'kim@customer.example' }
let number = 0

async function file(more: Partial<RemoteMessage> = {}) {
  const message = customerMessage(clock, ++number, { remoteConversationId: undefined, from: KIM, to: [OURS], ...more })
  const filed = await database.transaction((tx) =>
    conversations.filing.file(tx, { ...account, joinsBySubject }, message),
  )
  return { ...filed!, rfcId: message.messageId! }
}
let joinsBySubject = false

const sent = (more: Partial<RemoteMessage>) => file({ folderRemoteId: 'sent', from: OURS, to: [KIM], ...more })

function reportMarks(
  originalMessageId: string | undefined,
  address: string,
  originalReferences: readonly string[] = [],
  originalAddress?: string,
): Marks {
  const recipient = { address, originalAddress, action: 'failed' as const, status: '5.1.1', diagnostic: '550 unknown' }
  return {
    automatic: { kind: 'report', reason: 'Content-Type: multipart/report' },
    deliveryReport: { originalMessageId, originalReferences, recipients: [recipient] },
  }
}

function report(originalMessageId: string | undefined, more: Partial<RemoteMessage> = {}, recipient = KIM.address) {
  const from = { name: '', address: 'mailer-daemon@mx.example' }
  return file({ from, subject: 'Undelivered', marks: reportMarks(originalMessageId, recipient), ...more })
}

async function eventsOf(subjectId: string): Promise<string[]> {
  const rows = await database.db.selectFrom('events').select('kind').where('subject_id', '=', subjectId).execute()
  return rows.map(({ kind }) => kind)
}

describe('a reply', () => {
  it('joins its conversation by our token when Exchange replaced the Message-ID and the Sent copy is still missing', async () => {
    const question = await file()
    const references = conversations.outgoing.referencesFor(question.conversationId, account.address, [question.rfcId])
    const answer = await file({ inReplyTo: ['unknown@exchange'], references: [...references, 'unknown@exchange'] })
    expect(answer.conversationId).toBe(question.conversationId)
  })

  it('does not join by a forged token, or by one of another mailbox', async () => {
    const question = await file()
    const [token] = conversations.outgoing.referencesFor(question.conversationId, account.address, [])
    const forged = token!.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0'))
    expect((await file({ references: [forged] })).conversationId).not.toBe(question.conversationId)

    const other = await rooms.emailAccounts.get((await storeEmailAccount(database, clock)).id)
    const message = customerMessage(clock, ++number, { remoteConversationId: undefined, references: [token!] })
    const elsewhere = await database.transaction((tx) => conversations.filing.file(tx, other, message))
    expect(elsewhere!.conversationId).not.toBe(question.conversationId)
  })

  it('written in Outlook joins, as do the replies to it', async () => {
    const question = await file()
    const inOutlook = await sent({ inReplyTo: [question.rfcId], references: [question.rfcId] })
    const thanks = await file({ inReplyTo: [inOutlook.rfcId] })
    expect([inOutlook.conversationId, thanks.conversationId]).toEqual([
      question.conversationId,
      question.conversationId,
    ])
  })

  it('with the same subject joins only if the mailbox enables it, and only for the same participants', async () => {
    const question = await file({ subject: 'Kettle 4711' })
    expect((await file({ subject: 'AW: Kettle 4711' })).conversationId).not.toBe(question.conversationId)
    joinsBySubject = true
    try {
      const first = await file({ subject: 'Teapot 4712' })
      expect((await file({ subject: 'Re: teapot 4712' })).conversationId).toBe(first.conversationId)
      const stranger = { name: '', address: 'lee@else.example' }
      expect((await file({ subject: 'Re: Teapot 4712', from: stranger })).conversationId).not.toBe(first.conversationId)
    } finally {
      joinsBySubject = false
    }
  })
})

describe('a bounce', () => {
  it('joins the conversation of its message and emits an event, but its sender neither reopens it nor becomes a participant', async () => {
    const question = await file()
    const reply = await sent({ inReplyTo: [question.rfcId] })
    await conversations.team.close(question.conversationId, 'ben')
    const bounce = await report(reply.rfcId)

    expect(bounce.conversationId).toBe(question.conversationId)
    const { body } = await ask(`GET /v1/conversations/${question.conversationId}`, { as })
    expect(body).toMatchObject({
      conversation: { status: 'closed', unread: true, participants: [KIM] },
      bounces: {
        [reply.messageId]: [
          { messageId: bounce.messageId, recipients: [{ address: KIM.address, action: 'failed', status: '5.1.1' }] },
        ],
      },
    })
    expect(await eventsOf(bounce.messageId)).toEqual(['message.received', 'message.bounced'])
    expect(await eventsOf(question.conversationId)).not.toContain('conversation.reopened')
  })

  it('finds its message even when it arrives before the Sent copy', async () => {
    const bounce = await report('late@contoso.example')
    const reply = await sent({ messageId: 'late@contoso.example' })
    expect([...(await conversations.messages.bounces([reply.messageId])).values()]).toMatchObject([
      [{ messageId: bounce.messageId }],
    ])
  })

  it.each([
    ['a message that we never sent', async () => report('never@contoso.example')],
    ['what somebody wrote to us', async () => report((await file()).rfcId)],
    ['a conversation by its own References', async () => report(undefined, { references: [(await file()).rfcId] })],
  ])('joins no conversation and marks no message when it names %s', async (_, bounce) => {
    const { conversationId } = await bounce()
    expect((await conversations.reading.get(conversationId)).messages).toHaveLength(1)
  })

  it('for a recipient of none of our messages joins no conversation and marks no message', async () => {
    const question = await file()
    const reply = await sent({ inReplyTo: [question.rfcId] })
    const references = conversations.outgoing.referencesFor(question.conversationId, account.address, [])
    await file({ inReplyTo: [question.rfcId], references: ['trap@else.example'] })
    const forgeries = [
      await report(reply.rfcId, {}, 'victim@else.example'),
      // Its own Message-ID leads into the conversation, because a reply there refers to it.
      await report(reply.rfcId, { messageId: 'trap@else.example' }, 'victim@else.example'),
      await report(undefined, { marks: reportMarks(undefined, 'victim@else.example', references) }),
    ]
    for (const { conversationId, messageId } of forgeries) {
      expect(conversationId).not.toBe(question.conversationId)
      expect(await eventsOf(messageId)).not.toContain('message.bounced')
    }
    expect([...(await conversations.messages.bounces([reply.messageId])).values()]).toEqual([])
    const watched = customerMessage(clock, 999, { marks: reportMarks(reply.rfcId, 'victim@else.example') })
    expect(await conversations.filing.findAnswers(account, [watched])).toEqual(new Set())
  })

  it('finds its message by the original recipient when a relay names another one, and by our token', async () => {
    const question = await file()
    const reply = await sent({ inReplyTo: [question.rfcId] })
    const relayed = await report(reply.rfcId, {
      marks: reportMarks(reply.rfcId, 'box17@relay.example', [], KIM.address),
    })
    const references = conversations.outgoing.referencesFor(question.conversationId, account.address, [])
    const byToken = await report(undefined, { marks: reportMarks('replaced@exchange', KIM.address, references) })
    expect([relayed, byToken].map(({ conversationId }) => conversationId)).toEqual(
      Array(2).fill(question.conversationId),
    )
    expect([...(await conversations.messages.bounces([reply.messageId])).values()]).toMatchObject([
      [{ messageId: relayed.messageId }],
    ])
  })

  it('does not attract later replies when it is forged', async () => {
    await report('soon@contoso.example', { references: ['soon@contoso.example'] })
    const answer = await file({ inReplyTo: ['soon@contoso.example'] })
    expect((await conversations.reading.get(answer.conversationId)).messages).toHaveLength(1)
  })
})

it('treats mail in our name as ours only if it did not arrive from outside', async () => {
  const archived = { folderRemoteId: 'archive', from: OURS }
  const forged = await file({ ...archived, headers: [{ name: 'Return-Path', value: '<evil@else.example>' }] })
  const own = await file(archived)
  expect((await conversations.messages.get(forged.messageId)).direction).toBe('in')
  expect((await conversations.messages.get(own.messageId)).direction).toBe('out')
})

describe('a changed subject', () => {
  it('proposes a split, which creates a conversation that later replies join', async () => {
    const question = await file({ subject: 'Broken kettle' })
    const other = await file({ subject: 'Re: Invoice for May', inReplyTo: [question.rfcId] })
    expect((await conversations.messages.get(other.messageId)).splitProposed).toBe(true)

    const split = await ask(`POST /v1/conversations/${question.conversationId}/split`, {
      as,
      body: { messageIds: [other.messageId] },
    })
    expect(split).toMatchObject({ status: 201, body: { subject: 'Re: Invoice for May', messageCount: 1 } })
    const { id: newId } = split.body as { id: string }
    const reply = await sent({ inReplyTo: [other.rfcId], references: [question.rfcId, other.rfcId] })
    const answer = await file({ inReplyTo: [reply.rfcId], references: [question.rfcId, other.rfcId, reply.rfcId] })
    expect([reply.conversationId, answer.conversationId]).toEqual([newId, newId])
    expect((await conversations.reading.get(question.conversationId)).conversation.messageCount).toBe(1)
    expect(await eventsOf(question.conversationId)).toContain('conversation.split')
  })

  it('proposes no split while words match, nor after a user keeps the messages together', async () => {
    const question = await file({ subject: 'Broken kettle' })
    const same = await file({ subject: 'AW: [Ticket 12] kettle broken', inReplyTo: [question.rfcId] })
    expect((await conversations.messages.get(same.messageId)).splitProposed).toBe(false)

    const other = await file({ subject: 'Invoice', inReplyTo: [question.rfcId] })
    const kept = await ask(`POST /v1/messages/${other.messageId}/keep-together`, { as })
    expect(kept).toMatchObject({ status: 200, body: { splitProposed: false, conversationId: question.conversationId } })
  })
})

describe('merging conversations', () => {
  it('moves all messages into one conversation, including later ones', async () => {
    const [one, two] = [await file({ subject: 'One' }), await file({ subject: 'Two' })]
    await conversations.team.note(one.conversationId, 'ben', 'Look')
    const [token] = conversations.outgoing.referencesFor(one.conversationId, account.address, [])
    const merged = await ask(`POST /v1/conversations/${one.conversationId}/merge`, {
      as,
      body: { into: two.conversationId },
    })

    expect(merged).toMatchObject({ status: 200, body: { id: two.conversationId, messageCount: 2 } })
    expect((await conversations.reading.get(two.conversationId)).notes).toHaveLength(1)
    expect((await file({ inReplyTo: [one.rfcId] })).conversationId).toBe(two.conversationId)
    expect((await file({ references: [token!] })).conversationId).toBe(two.conversationId)
    const gone = await ask(`GET /v1/conversations/${one.conversationId}`, { as })
    expect(gone.body).toMatchObject({ conversation: { mergedInto: two.conversationId } })
    expect((await ask('GET /v1/conversations?view=all&limit=200', { as })).text).not.toContain(
      `"id":"${one.conversationId}"`,
    )
    const audit = await rooms.people.audit.list({ limit: 1 })
    expect(audit).toMatchObject([{ action: 'conversation.merged', subject: two.conversationId }])
  })

  it('is refused with itself, with a merged one, across mailboxes, and with one that the caller cannot see', async () => {
    const [one, two] = [await file(), await file()]
    const merge = (from: string, into: string) => ask(`POST /v1/conversations/${from}/merge`, { as, body: { into } })
    expect((await merge(one.conversationId, one.conversationId)).status).toBe(409)
    await merge(one.conversationId, two.conversationId)
    expect((await merge(two.conversationId, one.conversationId)).status).toBe(409)

    const other = await rooms.emailAccounts.get((await storeEmailAccount(database, clock)).id)
    const foreign = await database.transaction((tx) =>
      conversations.filing.file(tx, other, customerMessage(clock, ++number)),
    )
    expect((await merge(two.conversationId, foreign!.conversationId)).status).toBe(404)
    await expect(conversations.team.merge(two.conversationId, foreign!.conversationId, 'x')).rejects.toMatchObject({
      code: 'conversations.other_account',
    })
    expect((await ask(`POST /v1/conversations/${two.conversationId}/split`, { as, body: { messageIds: [one.messageId, two.messageId] } })).status).toBe(422) // prettier-ignore
  })
})
