import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import { testDatabase, WAIT } from '../../test/kit/index.ts'
import { UNCLEAR_AFTER_MS } from './delivery.ts'
import { TIDY_AFTER_MS } from './sent-mail.ts'
import { FROM_CUSTOMER, outboxForTest, waitingForLocks } from '../../test/submission/outbox.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'

const COPY_WITHIN_MS = 2 * 60_000
const database = await testDatabase()
const conversationsOf = async (id: EmailAccountId) => {
  const rows = await database.db.selectFrom('conversations').select('id').where('email_account_id', '=', id).execute()
  return rows.map((row) => row.id)
}
const bytesOf = async (id: SubmissionId) => {
  const row = await database.db
    .selectFrom('submission_attachments')
    .select('content')
    .where('submission_id', '=', id)
    .executeTakeFirstOrThrow()
  return row.content
}
const BILL = {
  name: 'bill.pdf',
  contentType: 'application/pdf',
  contentId: undefined,
  isInline: false,
  content: Buffer.from('%PDF-1'),
}
const outbox = () => outboxForTest(database, { serverFor: (clock) => new StrictMessageServer(clock) })

describe('the copy in Sent', () => {
  it('is stored by Postkey after a delay if the server stores none', async () => {
    const { submit, settle, server, submissions, clock } = await outbox()
    server.sentCopy = 'perhaps-by-server'
    server.laysCopies = false
    const { id, createdAt } = await submit()

    await settle()

    expect(server.copies).toMatchObject([{ by: 'us' }])
    expect(server.copies[0]!.visibleAt - createdAt.getTime()).toBeGreaterThanOrEqual(COPY_WITHIN_MS)
    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(clock.now().getTime() - createdAt.getTime()).toBeLessThan(UNCLEAR_AFTER_MS)
  })

  it.each(['recognized', 'under other ids'])(
    'to a person who was erased meanwhile ends the sending: %s',
    async (how) => {
      const world = await outboxForTest(database)
      const { submit, settle, server, submissions, conversations, clock } = world
      const { id, content } = await submit()
      await sql`INSERT INTO encryption_keys (key_id, check_value, created_at) VALUES ('test', '', now())
      ON CONFLICT DO NOTHING`.execute(database.db)
      const later = new Date(clock.now().getTime() + UNCLEAR_AFTER_MS)
      const addresses = content.to.map(({ address }) => address)
      await database.transaction((tx) => conversations.erasure.begin(tx, addresses, later))
      const copyOf = server.copyOf.bind(server)
      const others = { remoteId: `other-${id}`, messageId: `other-${id}@exchange.example` }
      // The first request for a draft times out, and takes effect after the second one.
      server.lateMs = TIDY_AFTER_MS
      let lates = 1
      server.faults = { at: (name) => (name === 'before createDraft' && lates-- > 0 ? 'late' : undefined) }
      if (how !== 'recognized') {
        server.copyOf = (item) => (item.place === 'sent' ? { ...copyOf(item), ...others } : copyOf(item))
      }

      await settle()

      expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
      expect(server.delivered).toHaveLength(1)
      expect(lates).toBeLessThan(0)
      clock.advance(2 * server.lateMs)
      expect(server.leftoverDrafts).toBe(0)
      const { sent_message_id: copy } = await database.db
        .selectFrom('submissions')
        .select('sent_message_id')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      expect(copy !== null).toBe(how === 'recognized')
      await sql`DELETE FROM erased_addresses`.execute(database.db)
    },
  )

  it('is left to a server that stores it late', async () => {
    const { submit, settle, server } = await outbox()
    server.sentCopy = 'perhaps-by-server'
    server.copyDelayMs = COPY_WITHIN_MS / 2
    await submit()

    await settle()

    expect(server.copies).toMatchObject([{ by: 'server' }])
  })

  it('may be missing from a sent message, because the server accepted the message', async () => {
    const { submit, settle, server, submissions } = await outbox()
    Object.assign(server, { sentCopy: 'perhaps-by-server', laysCopies: false, ruleMovesCopies: true })
    const { id } = await submit({ content: { attachments: [BILL] } })

    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: 'submission.no_copy_in_sent' })
    expect(server.delivered).toHaveLength(1)
    expect(await bytesOf(id)).toEqual(BILL.content)
  })

  describe.each([
    ['the server alone stores copies', { sentCopy: 'by-server' }],
    ['Postkey cannot store copies', { sentCopy: 'perhaps-by-server', canAppend: false }],
  ] as const)('missing because %s', (_, how) => {
    it("has its own reason, is not listed as unsent, and can't be stored again", async () => {
      const { submit, settle, server, submissions, emailAccountId } = await outbox()
      Object.assign(server, { laysCopies: false, ...how })
      const { id } = await submit()

      await settle()

      expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: 'submission.copy_left_to_server' })
      expect(server.delivered).toHaveLength(1)
      expect(await submissions.listUnsent(emailAccountId)).toEqual([])
      await expect(submissions.retry(id)).rejects.toMatchObject({ code: 'submission.too_late' })
    })

    it("has the same reason after a search error, with the server's reply", async () => {
      const { submit, workOnce, settle, server, submissions } = await outbox()
      Object.assign(server, { laysCopies: false, ...how })
      const { id } = await submit()
      await workOnce()
      server.refusesSearch = () => new AppError('transports.imap_refused', { detail: 'NO such search' })

      await settle()

      const reason = { reason: 'submission.copy_left_to_server', detail: 'NO such search' }
      expect(await submissions.get(id)).toMatchObject({ state: 'sent', ...reason })
    })

    it('leaves no attachment bytes', async () => {
      const { submit, settle, server } = await outbox()
      Object.assign(server, { laysCopies: false, ...how })
      const { id } = await submit({ content: { attachments: [BILL] } })
      expect(await bytesOf(id)).toEqual(BILL.content)

      await settle()

      expect(await bytesOf(id)).toBeNull()
    })
  })

  it('is not awaited after a person marked the message as sent, and the attachments are deleted', async () => {
    const { submit, database: shared, submissions } = await outbox()
    const { id } = await submit({ content: { attachments: [BILL] } })
    await shared.db.updateTable('submissions').set({ state: 'unknown' }).where('id', '=', id).execute()

    await submissions.decideUnknown(id, 'was-sent')

    expect(await bytesOf(id)).toBeNull()
  })

  it('is stored right after the handover if the server announces no copy of its own', async () => {
    const { submit, workOnce, server, submissions } = await outbox()
    Object.assign(server, { sentCopy: 'perhaps-by-server', laysCopies: false, copyWithinMs: 0 })
    const { id } = await submit()

    while (await workOnce());

    expect(server.copies).toMatchObject([{ by: 'us' }])
    expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: undefined })
  })

  it('is missing with the reason while the server refuses it, for a day and afterwards', async () => {
    const { submit, workOnce, settle, server, submissions, clock } = await outbox()
    Object.assign(server, { sentCopy: 'perhaps-by-server', laysCopies: false, copyWithinMs: 0 })
    server.refusesCopy = () => new AppError('transports.imap_refused')
    const { id } = await submit()

    while (await workOnce());
    expect(await submissions.get(id)).toMatchObject({ state: 'handed-over', reason: 'transports.imap_refused' })

    clock.advance(24 * 60 * 60_000)
    await settle()
    expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: 'transports.imap_refused' })
    expect(server.delivered).toHaveLength(1)
  })

  it('can be stored again with its attachments if it is missing', async () => {
    const { submit, settle, workOnce, server, submissions, emailAccountId, clock } = await outbox()
    Object.assign(server, { sentCopy: 'perhaps-by-server', laysCopies: false, copyWithinMs: 0 })
    server.refusesCopy = () => new AppError('transports.no_sent_folder')
    const { id } = await submit({ content: { attachments: [BILL] } })
    while (await workOnce());
    clock.advance(24 * 60 * 60_000)
    await settle()
    expect(await submissions.listUnsent(emailAccountId)).toMatchObject([{ id, reason: 'transports.no_sent_folder' }])

    server.refusesCopy = () => undefined
    await submissions.retry(id)
    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: undefined })
    expect(await submissions.listUnsent(emailAccountId)).toEqual([])
    expect(server.delivered).toHaveLength(1)
    expect(server.laidSources.at(-1)).toContain(Buffer.from('%PDF-1').toString('base64'))
    await expect(submissions.retry(id)).rejects.toThrow(expect.objectContaining({ code: 'submission.too_late' }))
  })

  it('can be missing: the message stays in a conversation that answers and a late copy join', async () => {
    const { submit, settle, receive, syncSent, server, submissions, conversations } = await outbox()
    Object.assign(server, { laysCopies: false, canAppend: false })
    const { id, messageId } = await submit({ content: { subject: 'Offer' } })
    await settle()
    const { conversationId } = await submissions.get(id)

    expect(await submissions.listOf(conversationId!)).toMatchObject([{ id, state: 'sent' }])
    expect(await conversations.reading.get(conversationId!)).toMatchObject({
      conversation: { subject: 'Offer', participants: [{ address: 'carla@customer.example' }] },
    })
    const answered = await receive({ messageId: 'yes@customer.example', inReplyTo: [messageId], subject: 'Re: Offer' })
    expect(answered).toBe(conversationId)

    server.copies.push({ messageId, by: 'server', visibleAt: 0 })
    await syncSent()
    expect(await submissions.get(id)).toMatchObject({ conversationId, reason: undefined })
    expect((await submissions.get(id)).sentMessageId).toBeDefined()
  })

  it('can be missing: the message joins the conversation of an earlier answer', async () => {
    const { submit, settle, receive, server, submissions, emailAccountId } = await outbox()
    Object.assign(server, { laysCopies: false, canAppend: false })
    const { id, messageId } = await submit({ content: { subject: 'Offer' } })
    const answer = { messageId: 'soon@customer.example', inReplyTo: [messageId], subject: 'Re: Offer' }
    const answered = await receive(answer)

    await settle()

    expect((await submissions.get(id)).conversationId).toBe(answered)
    expect(await submissions.listOf(answered)).toMatchObject([{ id }])
    expect(await conversationsOf(emailAccountId)).toEqual([answered])
    const next = await receive({ remoteId: 'inbox-2', messageId: 'more@customer.example', inReplyTo: [messageId] })
    expect(next).toBe(answered)
  })

  it('can be missing: the message waits for an answer being filed and joins its conversation', async () => {
    const { submit, workOnce, conversations, emailAccounts, server, submissions, clock, emailAccountId } =
      await outbox()
    Object.assign(server, { laysCopies: false, canAppend: false })
    const { id, messageId } = await submit()
    await workOnce()
    clock.advance(UNCLEAR_AFTER_MS)
    const account = await emailAccounts.get(emailAccountId)

    const { filed, work } = await database.transaction(async (tx) => {
      const answer = { ...FROM_CUSTOMER, receivedAt: clock.now(), inReplyTo: [messageId] }
      const filed = await conversations.filing.file(tx, account, answer)
      const work = workOnce()
      await vi.waitUntil(async () => (await waitingForLocks(database)) > 0, WAIT)
      return { filed, work }
    })
    await work

    expect((await submissions.get(id)).conversationId).toBe(filed!.conversationId)
    expect(await conversationsOf(emailAccountId)).toEqual([filed!.conversationId])
  })
})
