import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { newId, type StoredMessageId, type SubmissionId } from '../kernel/ids.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { createSendingWorker } from './sending-worker.ts'
import { LETTER, outboxForTest, silent } from '../../test/submission/outbox.ts'

const database = await testDatabase()

const BILL = { name: 'bill.pdf', contentType: 'application/pdf', isInline: false, content: Buffer.from('bill') }
const { attachments: _none, ...WRITTEN } = {
  ...LETTER,
  bcc: [{ name: '', address: 'boss@contoso.example' }],
}

const storedAttachments = () => database.db.selectFrom('submission_attachments').select('content').execute()

describe('the outbox', () => {
  it('accepts an idempotency key once, even for concurrent requests', async () => {
    const { submit, submissions, emailAccountId } = await outboxForTest(database)

    const accepted = await Promise.all(Array.from({ length: 6 }, () => submit({ idempotencyKey: 'answer-1' })))

    expect(new Set(accepted.map(({ id }) => id)).size).toBe(1)
    expect(await submissions.listUnsent(emailAccountId)).toHaveLength(1)
  })

  it('needs three queries for a message without a conversation: mailbox, sender names, insert', async () => {
    const statements: string[] = []
    const counted = database.db.withPlugin({
      transformQuery({ node }) {
        statements.push(node.kind)
        return node
      },
      transformResult: ({ result }) => Promise.resolve(result),
    })
    const { submit, kindsOf } = await outboxForTest({
      ...database,
      db: counted,
      oneStatement: (statement) => statement(counted),
    })
    statements.length = 0

    const accepted = await submit()

    expect(statements).toHaveLength(3)
    expect(await kindsOf(accepted)).toEqual(['submission.queued'])
  })

  it('rejects new messages and attachments while disk space is low, and still sends accepted ones', async () => {
    const { submit, submissions, emailAccountId, space, settle } = await outboxForTest(database)
    const accepted = await submit({ idempotencyKey: 'before' })
    space.isLow = true

    await expect(submit({ idempotencyKey: 'now' })).rejects.toMatchObject({ code: 'disk_space.low' })
    await expect(submissions.checkAttachments(emailAccountId, [])).rejects.toMatchObject({ code: 'disk_space.low' })
    expect((await submit({ idempotencyKey: 'before' })).id).toBe(accepted.id)
    await settle()
    expect((await submissions.get(accepted.id)).state).toBe('sent')

    space.isLow = false
    expect(await submit({ idempotencyKey: 'now' })).toMatchObject({ state: 'queued' })
  })

  it('rejects a key that was used for another message', async () => {
    const { submit } = await outboxForTest(database)
    await submit({ idempotencyKey: 'answer-1' })

    await expect(submit({ idempotencyKey: 'answer-1', content: { text: 'Something else' } })).rejects.toMatchObject({
      code: 'submission.idempotency_key_reused',
    })
  })

  it('answers the latest message of the conversation, with all its references', async () => {
    const { submit, receive } = await outboxForTest(database)
    const conversationId = await receive({})

    const answer = await submit({ conversationId })

    expect(answer.inReplyTo).toEqual(['question-1@customer.example'])
    // The first reference is the signed token, which assigns answers even if our Message-ID is replaced.
    expect(answer.references).toEqual([
      expect.stringMatching(/^pk\.[0-9a-f]{32}\.[0-9a-f]{20}@contoso\.example$/),
      'first@customer.example',
      'question-1@customer.example',
    ])
    expect(answer.messageId).toMatch(/^[^@\s]+@contoso\.example$/)
  })

  it('answers the chosen message, and rejects one of another conversation', async () => {
    const { submit, receive, conversations } = await outboxForTest(database)
    const conversationId = await receive({})
    await receive({
      remoteId: 'inbox-2',
      messageId: 'question-2@customer.example',
      inReplyTo: ['question-1@customer.example'],
    })
    const other = await receive({ remoteId: 'inbox-3', messageId: 'other@customer.example', references: [] })
    const [first] = (await conversations.reading.get(conversationId)).messages
    const [stranger] = (await conversations.reading.get(other)).messages

    expect((await submit({ conversationId, replyToMessageId: first!.id })).inReplyTo).toEqual([first!.messageId])
    for (const replyToMessageId of [stranger!.id, newId<StoredMessageId>()]) {
      await expect(submit({ conversationId, replyToMessageId })).rejects.toMatchObject({
        code: 'submission.other_conversation',
      })
    }
  })

  it('answers a message older than the page shown of a conversation', async () => {
    const { submit, receive, conversations } = await outboxForTest(database)
    const conversationId = await receive({})
    const [oldest] = (await conversations.reading.get(conversationId)).messages
    await sql`INSERT INTO messages SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', gen_random_uuid(),
        'message_key', '\\x' || lpad(to_hex(nth), 64, '0'),
        'remote_id', 'later-' || nth,
        'received_at', one.received_at + nth * interval '1 second'))).*
      FROM messages one, generate_series(1, 500) nth WHERE one.id = ${oldest!.id}`.execute(database.db)
    const shown = (await conversations.reading.get(conversationId)).messages.map(({ id }) => id)
    expect(shown).not.toContain(oldest!.id)

    expect((await submit({ conversationId, replyToMessageId: oldest!.id })).inReplyTo).toEqual([oldest!.messageId])
  })

  it('shows a message in its conversation at once, and never together with its copy in Sent Items', async () => {
    const { submit, receive, submissions, conversations, workOnce, syncSent, server } = await outboxForTest(database)
    server.copyDelayMs = 1000
    const conversationId = await receive({})
    const { id } = await submit({ conversationId })
    expect((await submissions.listOf(conversationId)).map((one) => one.id)).toEqual([id])
    await workOnce()
    expect(await submissions.listOf(conversationId)).toMatchObject([{ id, state: 'handed-over' }])

    server.copyDelayMs = 0
    await syncSent()
    const early = (await conversations.reading.get(conversationId)).messages.length
    expect(early + (await submissions.listOf(conversationId)).length).toBe(2)
  })

  it.each(['sync first', 'outbox first'])(
    'links the copy regardless of the component that finds it: %s',
    async (who) => {
      const { submit, receive, submissions, conversations, workOnce, syncSent, settle, server, clock } =
        await outboxForTest(database)
      server.copyDelayMs = 5000
      const conversationId = await receive({})
      const { id, messageId } = await submit({ conversationId })
      await workOnce()
      clock.advance(5000)

      if (who === 'sync first') await syncSent()
      await settle()
      await syncSent()

      const { messages } = await conversations.reading.get(conversationId)
      expect(messages.map(({ direction }) => direction)).toEqual(['in', 'out'])
      expect(await submissions.listOf(conversationId)).toEqual([])
      expect(await submissions.get(id)).toMatchObject({
        state: 'sent',
        sentMessageId: messages[1]!.id,
        remoteMessageId: `exchange-made-${messageId}`,
      })
      expect([...(await submissions.submittersOf(messages.map((one) => one.id)))]).toEqual([[messages[1]!.id, 'ben']])
    },
  )

  it('assigns an answer that references our Message-ID before the Sent copy is filed', async () => {
    const { submit, receive } = await outboxForTest(database)
    const conversationId = await receive({})
    const { messageId } = await submit({ conversationId })

    const home = await receive({
      ...{ remoteId: 'inbox-2', messageId: 'thanks@customer.example', subject: 'Thanks' },
      ...{ inReplyTo: [messageId], references: [messageId] },
    })

    expect(home).toBe(conversationId)
  })

  it('starts a conversation with a message that answers none', async () => {
    const { submit, submissions, settle, conversations } = await outboxForTest(database)
    const { id, inReplyTo } = await submit({ content: { subject: 'Your new kettle' } })
    expect(inReplyTo).toEqual([])

    await settle()

    const { conversationId, sentMessageId } = await submissions.get(id)
    expect((await conversations.reading.get(conversationId!)).messages.map((message) => message.id)).toEqual([
      sentMessageId,
    ])
  })

  it('cancels queued messages only', async () => {
    const { submit, submissions, settle, server } = await outboxForTest(database)
    const { id } = await submit()

    expect(await submissions.cancel(id, 'ben')).toMatchObject({ state: 'canceled' })
    await settle()
    expect(server.delivered).toEqual([])

    const sent = await submit()
    await settle()
    expect(server.delivered).toEqual([sent.messageId])
    for (const over of [id, sent.id]) {
      await expect(submissions.cancel(over, 'ben')).rejects.toMatchObject({ code: 'submission.too_late' })
      await expect(submissions.retry(over)).rejects.toMatchObject({ code: 'submission.too_late' })
      await expect(submissions.decideUnknown(over, 'send-again')).rejects.toMatchObject({
        code: 'submission.too_late',
      })
    }
  })

  it('holds a message for the requested period in all cases, and then sends it', async () => {
    const { submit, submissions, outbox, workOnce, settle, clock, emailAccountId, server } =
      await outboxForTest(database)
    const { id, notBefore } = await submit({ holdMs: 10_000 })
    expect(notBefore).toEqual(new Date(clock.now().getTime() + 10_000))

    clock.advance(9_999)
    await outbox.release({ emailAccountId })
    expect(await workOnce()).toBe(false)
    await submissions.retry(id)
    expect(await workOnce()).toBe(false)
    expect(await outbox.nextDueAt()).toEqual(notBefore)

    clock.advance(1)
    expect((await submissions.get(id)).notBefore).toBeUndefined()
    await settle()
    expect(server.delivered).toHaveLength(1)
  })

  it('turns a canceled message into a draft with its attachments', async () => {
    const { submit, submissions, conversations, receive, settle, server, emailAccountId } =
      await outboxForTest(database)
    const conversationId = await receive({})
    const [answered] = (await conversations.reading.get(conversationId)).messages
    const { id } = await submit({
      ...{ conversationId, replyToMessageId: answered!.id, holdMs: 10_000 },
      content: { html: '<p>Soon</p>', bcc: [{ name: '', address: 'boss@contoso.example' }], attachments: [BILL] },
    })

    const { draftId, state } = await submissions.cancel(id, 'ben')

    expect(state).toBe('canceled')
    const draft = (await conversations.drafts.find(draftId))!
    expect(draft).toMatchObject({
      ...{ emailAccountId, conversationId, authorId: 'ben' },
      content: { ...WRITTEN, html: '<p>Soon</p>', inReplyTo: answered!.id },
      attachments: [{ name: 'bill.pdf', contentType: 'application/pdf', isInline: false, sizeBytes: 4 }],
    })
    await settle()
    expect(server.delivered).toEqual([])
    await submit({ draftId })
    expect((await storedAttachments()).map(({ content }) => content)).toContainEqual(BILL.content)
  })

  it('gives the draft to the person who cancels, even if another person or a program submitted the message', async () => {
    const { submit, submissions, conversations } = await outboxForTest(database)
    const { id } = await submit({ submittedBy: 'api-key:robot' })

    const { draftId, submittedBy } = await submissions.cancel(id, 'anna')

    expect(await conversations.drafts.find(draftId)).toMatchObject({ authorId: 'anna' })
    expect(submittedBy).toBe('api-key:robot')
  })

  it('accepts text with characters that the database rejects, and removes them', async () => {
    const { submit, submissions } = await outboxForTest(database)
    const file = { ...BILL, name: 'bill\ud800.pdf' }

    const { id } = await submit({
      content: { text: 'a\0b\ud800', html: '<p>a\0b\udc00</p>', subject: 'Hi\ud800', attachments: [file] },
    })

    const { content } = await submissions.get(id)
    expect(content).toMatchObject({ text: 'ab\ufffd', html: '<p>ab\ufffd</p>', subject: 'Hi\ufffd' })
    expect(content.attachments).toMatchObject([{ name: 'bill\ufffd.pdf' }])
  })

  it("sends a draft's attachments before the other ones, and deletes the draft", async () => {
    const { submit, conversations, emailAccountId } = await outboxForTest(database)
    const draft = await conversations.drafts.save({ emailAccountId, authorId: 'ben', content: WRITTEN })
    await conversations.drafts.attach(draft.id, [BILL])

    const { content } = await submit({ draftId: draft.id, content: { attachments: [{ ...BILL, name: 'more.pdf' }] } })

    expect(content.attachments.map(({ name }) => name)).toEqual(['bill.pdf', 'more.pdf'])
    expect(await conversations.drafts.find(draft.id)).toBeUndefined()
  })

  it('returns the same submission for a repeated request, although its draft is deleted', async () => {
    const { submit, conversations, emailAccountId } = await outboxForTest(database)
    const { id: draftId } = await conversations.drafts.save({ emailAccountId, authorId: 'ben', content: WRITTEN })
    const request = { idempotencyKey: 'answer-1', draftId }

    const accepted = await Promise.all([submit(request), submit(request), submit(request)])
    const again = await submit(request)

    expect(new Set([...accepted, again].map(({ id }) => id)).size).toBe(1)
  })

  it('sends a draft once: a request with another key finds no draft', async () => {
    const { submit, conversations, submissions, emailAccountId } = await outboxForTest(database)
    const { id: draftId } = await conversations.drafts.save({ emailAccountId, authorId: 'ben', content: WRITTEN })

    const outcomes = await Promise.allSettled([submit({ draftId }), submit({ draftId }), submit({ draftId })])

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await submissions.listUnsent(emailAccountId)).toHaveLength(1)
  })

  it("rejects drafts of other authors or mailboxes, and keeps a draft that can't be sent", async () => {
    const { submit, conversations, submissions, emailAccountId } = await outboxForTest(database)
    const other = await outboxForTest(database)
    const ofAnna = await conversations.drafts.save({ emailAccountId, authorId: 'anna', content: WRITTEN })
    const elsewhere = await conversations.drafts.save({
      ...{ emailAccountId: other.emailAccountId, authorId: 'ben', content: WRITTEN },
    })
    const tooLarge = await conversations.drafts.save({ emailAccountId, authorId: 'ben', content: WRITTEN })
    await conversations.drafts.attach(tooLarge.id, [{ ...BILL, content: Buffer.alloc(4 * 1024 * 1024) }])

    for (const { id } of [ofAnna, elsewhere]) {
      await expect(submit({ draftId: id })).rejects.toMatchObject({ code: 'conversations.not_found' })
      expect(await conversations.drafts.find(id)).toBeDefined()
    }
    await expect(submit({ draftId: tooLarge.id })).rejects.toMatchObject({ code: 'submission.too_large' })
    expect(await conversations.drafts.find(tooLarge.id)).toMatchObject({ attachments: [{ name: 'bill.pdf' }] })
    expect(await submissions.listUnsent(emailAccountId)).toEqual([])
  })

  it('leaves no draft in the mailbox when a message is canceled after an attempt', async () => {
    const { submit, submissions, settle, workOnce, server } = await outboxForTest(database)
    server.faults = { at: (name) => (name === 'before sendDraft' ? 'throttle' : undefined) }
    const { id } = await submit()
    await workOnce()
    expect(server.leftoverDrafts).toBe(1)

    await submissions.cancel(id, 'ben')
    await settle()

    expect(server.leftoverDrafts).toBe(0)
    expect(server.delivered).toEqual([])
  })

  it('leaves no draft in the mailbox when a message is canceled while its draft is being created', async () => {
    const { submit, submissions, settle, workOnce, release, server } = await outboxForTest(database)
    const faults = new Map([
      ['before createDraft', 'stall'],
      ['after createDraft', 'kill'],
    ] as const)
    server.faults = { at: (name) => faults.get(name as 'before createDraft') }
    const { id } = await submit()
    await workOnce()

    await submissions.cancel(id, 'ben')
    while (await workOnce('worker-2'));
    await release()
    expect(server.leftoverDrafts).toBe(1)
    await settle(['worker-2'])

    expect(server.leftoverDrafts).toBe(0)
    expect(server.delivered).toEqual([])
  })

  it('keeps the bytes of attachments until the message is sent, and their names permanently', async () => {
    const { submit, submissions, settle } = await outboxForTest(database)
    const file = { name: 'bill.pdf', contentType: 'application/pdf', isInline: false, content: Buffer.from('bill') }
    const { id } = await submit({ content: { attachments: [file] } })
    const bytesOf = async () =>
      (await database.db.selectFrom('submission_attachments').select('content').execute()).map(({ content }) => content)
    expect(await bytesOf()).toEqual([file.content])

    await settle()

    expect(await bytesOf()).toEqual([null])
    expect((await submissions.get(id)).content.attachments).toMatchObject([{ name: 'bill.pdf', sizeBytes: 4 }])
  })

  it('returns `submission.not_found` for unknown submissions', async () => {
    const { submissions } = await outboxForTest(database)

    await expect(submissions.get(newId<SubmissionId>())).rejects.toMatchObject({ code: 'submission.not_found' })
    await expect(submissions.cancel(newId<SubmissionId>(), 'ben')).rejects.toMatchObject({
      code: 'submission.not_found',
    })
  })

  it('reports the limits of the protocol in advance: small attachments for a shared mailbox', async () => {
    const shared = await outboxForTest(database, { kind: 'shared' })
    const own = await outboxForTest(database, { kind: 'user' })

    const [ofShared, ofOwn] = [
      await shared.submissions.limitsOf(shared.emailAccountId),
      await own.submissions.limitsOf(own.emailAccountId),
    ]

    expect(ofShared.attachmentBytes).toBeLessThan(3 * 1024 * 1024)
    expect(ofOwn.attachmentBytes).toBe(25 * 1024 * 1024)
  })

  it("stores nothing of a message that can't be sent", async () => {
    const { submit, submissions, emailAccountId } = await outboxForTest(database)

    await expect(submit({ content: { to: [] } })).rejects.toMatchObject({ code: 'submission.no_recipient' })

    expect(await submissions.listUnsent(emailAccountId)).toEqual([])
  })

  it('wakes its worker for accepted messages and for decisions', async () => {
    const { submit, submissions, outbox, delivery, events, server, clock, kindsOf } = await outboxForTest(database)
    const worker = createSendingWorker({ database, clock, events, log: silent, outbox, delivery })
    const settled = Promise.withResolvers<undefined>()
    let sent = 0
    const stop = await events.subscribe({ emailAccountIds: 'all' }, ({ kind }) => {
      if (kind === 'submission.sent' && ++sent === 5) settled.resolve(undefined)
    })
    await worker.start()
    server.refusesSendAs = true
    const refused = Promise.withResolvers<undefined>()
    const stopRefused = await events.subscribe({ emailAccountIds: 'all' }, ({ kind, payload }) => {
      if (kind === 'submission.queued' && payload.reason === 'transports.send_as_denied') refused.resolve(undefined)
    })
    const first = await submit()
    await refused.promise
    server.refusesSendAs = false

    await submissions.retry(first.id)
    for (let count = 0; count < 4; count++) await submit()
    await settled.promise

    expect(server.delivered).toHaveLength(5)
    expect(await kindsOf(first)).toContain('submission.sent')
    await Promise.all([worker.stop(), stop(), stopRefused()])
    await submit()
    expect(server.delivered).toHaveLength(5)
  })
})
