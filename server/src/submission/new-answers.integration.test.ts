import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { newId } from '../kernel/ids.ts'
import { testDatabase, WAIT } from '../../test/kit/index.ts'
import { outboxForTest, waitingForLocks } from '../../test/submission/outbox.ts'

const database = await testDatabase()

const QUESTION = 'question-1@customer.example'
const BILL = {
  name: 'bill.pdf',
  contentType: 'application/pdf',
  contentId: undefined,
  isInline: false,
  content: Buffer.from('%PDF-1'),
}
const ANSWERED = { code: 'submission.answered_meanwhile' }

describe('an answer with the precondition `lastAnswerId`', () => {
  it("is rejected after another answer, and accepted without the precondition or with the new answer's id", async () => {
    const { submit, receive, submissions } = await outboxForTest(database)
    const conversationId = await receive({})
    expect(await submissions.lastAnswerOf(conversationId)).toBeUndefined()
    const first = await submit({ conversationId, lastAnswerId: null })
    expect(await submissions.lastAnswerOf(conversationId)).toBe(first.id)

    const second = { conversationId, idempotencyKey: 'second', submittedBy: 'anna' }
    await expect(submit({ ...second, lastAnswerId: null })).rejects.toMatchObject(ANSWERED)
    await expect(submit({ ...second, lastAnswerId: null })).rejects.toMatchObject(ANSWERED)
    expect(await submissions.listOf(conversationId)).toHaveLength(1)

    expect(await submit({ ...second, lastAnswerId: first.id })).toMatchObject({ state: 'queued' })
    expect(await submit({ conversationId })).toMatchObject({ state: 'queued' })
  })

  it('is accepted once of two submitted at the same moment', async () => {
    const { submit, receive } = await outboxForTest(database)
    const conversationId = await receive({})

    // The table lock lets all requests progress as far as possible before any of them stores an answer.
    const sent = await database.transaction(async (tx) => {
      await sql`LOCK TABLE submissions IN SHARE MODE`.execute(tx)
      const all = ['ben', 'anna', 'eve'].map((submittedBy) =>
        submit({ conversationId, submittedBy, lastAnswerId: null }),
      )
      const settled = Promise.allSettled(all)
      await vi.waitUntil(async () => (await waitingForLocks(database)) >= all.length, WAIT)
      return { settled }
    })
    const outcomes = await sent.settled

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject(ANSWERED)
  })

  it('does not block filing into its conversation while its attachments are stored', async () => {
    const { submit, receive, submissions, emailAccountId } = await outboxForTest(database)
    const conversationId = await receive({})
    const content = { attachments: [BILL] }

    const { sent, filed } = await database.transaction(async (tx) => {
      await sql`LOCK TABLE submission_attachments IN SHARE MODE`.execute(tx)
      const sent = submit({ conversationId, content, lastAnswerId: null })
      await vi.waitUntil(async () => (await waitingForLocks(database)) > 0, WAIT)
      const filed = receive({ remoteId: 'inbox-2', messageId: 'more@customer.example', inReplyTo: [QUESTION] })
      let isFiled = false
      void filed.then(() => (isFiled = true))
      await vi.waitUntil(async () => isFiled || (await waitingForLocks(database)) > 1, WAIT)
      expect(isFiled).toBe(true)
      return { sent, filed }
    })

    expect(await filed).toBe(conversationId)
    expect(await sent).toMatchObject({ state: 'queued' })
    expect(await submissions.listUnsent(emailAccountId)).toHaveLength(1)
  })

  it('is found again by its idempotency key, although it is now the last answer itself', async () => {
    const { submit, receive } = await outboxForTest(database)
    const conversationId = await receive({})
    const request = { conversationId, idempotencyKey: 'once', lastAnswerId: null }
    const accepted = await submit(request)

    expect((await submit(request)).id).toBe(accepted.id)
    expect((await submit({ ...request, lastAnswerId: accepted.id })).id).toBe(accepted.id)
  })

  it('counts messages sent by other mail programs, except copies of own answers and imported mail', async () => {
    const { submit, receive, submissions, settle, syncSent } = await outboxForTest(database)
    const conversationId = await receive({})
    const { id } = await submit({ conversationId, lastAnswerId: null })
    await settle()
    await syncSent()
    expect((await submissions.get(id)).sentMessageId).toBeDefined()
    expect(await submissions.lastAnswerOf(conversationId)).toBe(id)

    const inReplyTo = [QUESTION]
    const fromOutlook = {
      from: { name: '', address: 'support@contoso.example' },
      folderRemoteId: 'sent',
      inReplyTo,
      references: inReplyTo,
    }
    await receive({ ...fromOutlook, remoteId: 'old', messageId: 'old@outlook', receivedAt: new Date(0) })
    expect(await submissions.lastAnswerOf(conversationId)).toBe(id)
    await receive({ ...fromOutlook, remoteId: 'outlook-1', messageId: 'outlook-1@contoso.example' })

    await expect(submit({ conversationId, lastAnswerId: id })).rejects.toMatchObject(ANSWERED)
  })

  it('ignores canceled, failed and automatic answers', async () => {
    const { submit, receive, submissions } = await outboxForTest(database)
    const conversationId = await receive({})
    const { id } = await submit({ conversationId })
    await submissions.cancel(id, 'ben')
    await submit({ conversationId, submittedBy: 'automatic-reply' })

    expect(await submissions.lastAnswerOf(conversationId)).toBeUndefined()
    // The author saw this answer before it was canceled.
    expect(await submit({ conversationId, lastAnswerId: id })).toMatchObject({ state: 'queued' })
  })

  it('keeps the kind of answer, so that a restored draft has its title', async () => {
    const { submit, receive, submissions, conversations } = await outboxForTest(database)
    const conversationId = await receive({})
    const { id } = await submit({ conversationId, answerKind: 'forward' })
    const { draftId } = await submissions.cancel(id, newId())
    expect((await conversations.drafts.find(draftId))?.content.answerKind).toBe('forward')
  })
})
