import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import type { ConversationId } from '../kernel/ids.ts'
import type { RemoteMessage } from '../mail/index.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import type { StrictMailServer } from '../../test/kit/strict-mail-server.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'

const HOUR_MS = 60 * 60 * 1000
const database = await testDatabase()

async function newOutbox<S extends StrictMailServer>(options: Parameters<typeof outboxForTest<S>>[1] = {}) {
  const outbox = await outboxForTest<S>(database, options)
  const later = (hours: number) => new Date(outbox.clock.now().getTime() + hours * HOUR_MS)
  const conversation = async (id: ConversationId) => {
    const row = database.db.selectFrom('conversations').selectAll().where('id', '=', id)
    const {
      status,
      assignee_id: assigneeId,
      needs_reply: needsReply,
      snoozed_until: until,
    } = await row.executeTakeFirstOrThrow()
    return { status, assigneeId, needsReply, until }
  }
  const eventsOf = async (id: ConversationId) => {
    const rows = await database.db
      .selectFrom('events')
      .select('kind')
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute()
    return rows.map(({ kind }) => kind)
  }
  return { ...outbox, later, conversation, eventsOf }
}

const OPEN = { status: 'open', assigneeId: null, needsReply: true, until: null }

describe('an answer', () => {
  it('assigns an unassigned conversation to its author, and ends the need for a reply', async () => {
    const { submit, receive, conversation, eventsOf } = await newOutbox()
    const conversationId = await receive({})
    await submit({ conversationId })
    expect(await conversation(conversationId)).toEqual({ ...OPEN, assigneeId: 'ben', needsReply: false })
    await submit({ conversationId, submittedBy: 'anna' })
    expect(await conversation(conversationId)).toMatchObject({ assigneeId: 'ben' })
    expect(await eventsOf(conversationId)).toEqual(['conversation.created', 'conversation.assigned'])
  })

  it('assigns nothing if the mailbox does not want it, or a program answers', async () => {
    const { submit, receive, conversation, emailAccountId } = await newOutbox()
    const byProgram = await receive({})
    await submit({ conversationId: byProgram, submittedBy: 'api-key:1' })
    expect(await conversation(byProgram)).toMatchObject({ assigneeId: null })
    await database.db
      .updateTable('email_accounts')
      .set({ assigns_sender: false })
      .where('id', '=', emailAccountId)
      .execute()
    await submit({ conversationId: byProgram })
    expect(await conversation(byProgram)).toMatchObject({ assigneeId: null, needsReply: false })
  })

  it.each(['closed', 'waiting'] as const)(
    'sets the status %s at once, and canceling restores the one before',
    async (thenStatus) => {
      const { submit, receive, conversation, later, submissions, conversations } = await newOutbox()
      const conversationId = await receive({})
      await conversations.team.snooze(conversationId, later(2), 'person:ben')
      const { id } = await submit({ conversationId, thenStatus, holdMs: 8000 })
      expect(await conversation(conversationId)).toEqual({
        ...{ status: thenStatus, assigneeId: 'ben', needsReply: false, until: null },
      })
      await submissions.cancel(id, 'ben')
      expect(await conversation(conversationId)).toEqual({ ...OPEN, status: 'snoozed', until: later(2) })
    },
  )

  it('keeps on canceling what was changed since', async () => {
    const { submit, receive, conversation, submissions, conversations } = await newOutbox()
    const conversationId = await receive({})
    const { id } = await submit({ conversationId, thenStatus: 'closed', holdMs: 8000 })
    await conversations.team.wait(conversationId, 'person:anna')
    await conversations.team.assign(conversationId, 'anna', 'person:anna')
    await submissions.cancel(id, 'ben')
    expect(await conversation(conversationId)).toEqual({ ...OPEN, status: 'waiting', assigneeId: 'anna' })
  })
})

describe('an answer that failed', () => {
  it('keeps on editing what was changed and changed back since, and reverts what was not', async () => {
    const { submit, receive, workOnce, server, conversation, submissions } = await newOutbox({
      serverFor: (clock) => new StrictMessageServer(clock),
      canSendByGraph: false,
    })
    server.refusal = () => new AppError('transports.smtp_message_refused', { upstream: { status: 550 } })
    const failed = async (mail: Partial<RemoteMessage>) => {
      const conversationId = await receive(mail)
      const { id } = await submit({ conversationId, thenStatus: 'closed' })
      await workOnce()
      expect(await submissions.get(id)).toMatchObject({ state: 'failed' })
      return { id, conversationId }
    }
    const left = await failed({ remoteId: 'left', messageId: 'left@customer.example', references: [] })
    const answered = await failed({})
    const again = { remoteId: 'again', messageId: 'again@customer.example', inReplyTo: ['question-1@customer.example'] }
    await receive(again)
    expect(await conversation(answered.conversationId)).toMatchObject({ status: 'open' })
    await submit({ conversationId: answered.conversationId, submittedBy: 'anna', thenStatus: 'closed' })
    for (const { id } of [left, answered]) await submissions.cancel(id, 'ben')
    expect(await conversation(left.conversationId)).toEqual(OPEN)
    expect(await conversation(answered.conversationId)).toMatchObject({ status: 'closed', assigneeId: 'ben' })
  })
})

describe('a scheduled message', () => {
  it('is sent once at its time, with that time as its date', async () => {
    const { submit, submissions, settle, workOnce, server, clock, later } = await newOutbox()
    const sendAt = later(48)
    const { id } = await submit({ sendAt })
    const { emailAccountId } = await submissions.get(id)
    const counts = async () => (await submissions.countUnsentByAccount([emailAccountId]))[0]
    expect(await counts()).toMatchObject({ scheduled: 1, waiting: 0 })
    clock.set(later(47))
    expect(await workOnce()).toBe(false)
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', sendAt, attempts: 0 })
    expect((await submissions.listScheduled('all')).map((one) => one.id)).toEqual([id])
    expect(await submissions.listUnsentWithoutConversation('all')).toEqual([])

    clock.set(sendAt)
    expect(await counts()).toMatchObject({ scheduled: 0, waiting: 1 })
    await settle()
    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(server.sentCopies().map(({ sentAt }) => sentAt)).toEqual([sendAt])
    expect(await submissions.listScheduled('all')).toEqual([])
  })

  it('can be canceled until then', async () => {
    const { submit, submissions, settle, server, clock, later } = await newOutbox()
    const { id } = await submit({ sendAt: later(48) })
    clock.set(later(47))
    await submissions.cancel(id, 'ben')
    clock.set(later(2))
    await settle()
    expect(server.sentCopies()).toEqual([])
  })

  it.each([-1, 0, 367 * 24])('needs a time within a year: %s hours are refused', async (hours) => {
    const { submit, later } = await newOutbox()
    await expect(submit({ sendAt: later(hours) })).rejects.toMatchObject({ code: 'submission.send_time' })
  })

  it('is listed for its mailbox only', async () => {
    const { submit, submissions, later } = await newOutbox()
    await submit({ sendAt: later(1) })
    expect(await submissions.listScheduled([])).toEqual([])
  })
})
