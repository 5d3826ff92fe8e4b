import { describe, expect, it } from 'vitest'
import { AppError, CATALOGUE, type ErrorCode } from '../kernel/errors.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'

const database = await testDatabase()
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const outbox = () =>
  outboxForTest(database, { serverFor: (clock) => new StrictMessageServer(clock), canSendByGraph: false })

function codesOf(effect: (effect: string) => boolean): ErrorCode[] {
  return (Object.keys(CATALOGUE) as ErrorCode[]).filter(
    (code) => code.startsWith('transports.') && effect(CATALOGUE[code].submission),
  )
}

describe('a message refused by the server', () => {
  it.each(codesOf((effect) => effect !== 'fail'))(
    'stays queued and is sent once the server accepts it: %s',
    async (code) => {
      const { submit, workOnce, settle, server, submissions } = await outbox()
      server.refusal = () => new AppError(code, { upstream: { status: 500 } })
      const { id } = await submit()
      await workOnce()
      expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: code })

      server.refusal = () => undefined
      await settle()

      expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: undefined })
      expect(server.delivered).toHaveLength(1)
    },
  )

  it('becomes a draft that can be corrected, unless an earlier attempt may have sent it', async () => {
    const { submit, workOnce, server, submissions } = await outbox()
    server.refusal = () => new AppError('transports.smtp_message_refused', { upstream: { status: 550 } })
    const [{ id }, unclear] = [await submit(), await submit()]
    await workOnce()
    await workOnce()
    await database.db.updateTable('submissions').set({ was_unclear: true }).where('id', '=', unclear.id).execute()

    expect(await submissions.get(unclear.id)).toMatchObject({ state: 'failed', canCancel: false })
    await expect(submissions.cancel(unclear.id, 'ben')).rejects.toMatchObject({ code: 'submission.too_late' })
    expect(await submissions.get(id)).toMatchObject({ state: 'failed', canCancel: true })
    const canceled = await submissions.cancel(id, 'ben')
    expect(canceled).toMatchObject({ state: 'canceled', draftId: expect.any(String) as string })
    await expect(submissions.retry(id)).rejects.toMatchObject({ code: 'submission.too_late' })
  })

  it.each(codesOf((effect) => effect === 'fail'))('fails, keeps its text and can be sent again: %s', async (code) => {
    const { submit, workOnce, settle, server, submissions } = await outbox()
    server.refusal = () => new AppError(code, { upstream: { status: 500 } })
    const { id } = await submit()
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'failed', reason: code })

    server.refusal = () => undefined
    await submissions.retry(id)
    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
  })
})

describe('a mailbox that cannot send', () => {
  const full = () => new AppError('transports.mailbox_full')

  it('tries at most one message every five minutes, however many are queued', async () => {
    const { submit, workOnce, server, submissions, clock, outbox: box } = await outbox()
    let attempts = 0
    server.refusal = () => {
      attempts++
      return full()
    }
    const ids: Awaited<ReturnType<typeof submit>>['id'][] = []
    for (let n = 0; n < 6; n++) ids.push((await submit()).id)
    const end = clock.now().getTime() + 30 * MINUTE_MS
    while (clock.now().getTime() < end) {
      if (await workOnce()) continue
      const next = await box.nextDueAt()
      expect(next).toBeDefined()
      clock.set(new Date(Math.max(next!.getTime(), clock.now().getTime() + 1)))
    }

    expect(attempts).toBeGreaterThanOrEqual(6)
    expect(attempts).toBeLessThanOrEqual(9)
    for (const id of ids) {
      const { state, reason, nextTryAt } = await submissions.get(id)
      expect({ state, reason }).toEqual({ state: 'queued', reason: 'transports.mailbox_full' })
      expect(nextTryAt!.getTime() - clock.now().getTime()).toBeLessThanOrEqual(5 * MINUTE_MS)
    }
  })

  it('sends all queued messages, oldest first, when a person retries one of them', async () => {
    const { submit, workOnce, server, submissions } = await outbox()
    server.refusal = full
    const sent: string[] = []
    for (let n = 0; n < 4; n++) sent.push((await submit()).messageId)
    while (await workOnce());
    server.refusal = () => undefined

    const { id } = await submit()
    await submissions.retry(id)
    for (let n = 0; n < 5; n++) await workOnce()

    expect(server.delivered.slice(0, 4)).toEqual(sent)
    expect(server.delivered).toHaveLength(5)
  })

  it('shows the reason and start of the fault until a message is sent', async () => {
    const { submit, workOnce, settle, server, clock, sendingState } = await outbox()
    server.refusal = full
    await submit()
    await workOnce()
    const since = clock.now()
    expect(await sendingState()).toMatchObject({ trouble_code: 'transports.mailbox_full', trouble_since: since })
    clock.advance(20 * MINUTE_MS)
    server.refusal = () => new AppError('transports.smtp_sender_blocked', { upstream: { code: '5.1.8' } })
    await workOnce()
    expect(await sendingState()).toMatchObject({
      trouble_code: 'transports.smtp_sender_blocked',
      trouble_since: since,
      trouble_upstream: { code: '5.1.8' },
    })

    server.refusal = () => undefined
    await settle()
    expect(await sendingState()).toMatchObject({ trouble_code: null, trouble_since: null, held_until: null })
  })

  it('clears the fault when its last message is canceled', async () => {
    const { submit, workOnce, server, submissions, sendingState } = await outbox()
    server.refusal = full
    const [first, second] = [await submit(), await submit()]
    while (await workOnce());
    await submissions.cancel(first.id, 'ben')
    expect(await sendingState()).toMatchObject({ trouble_code: 'transports.mailbox_full' })
    await submissions.cancel(second.id, 'ben')
    expect(await sendingState()).toMatchObject({ trouble_code: null })
  })

  it('shows no fault for transient errors', async () => {
    const { submit, workOnce, server, sendingState } = await outbox()
    server.refusal = () => new AppError('transports.smtp_unavailable')
    await submit()
    await workOnce()
    expect((await sendingState())?.trouble_code ?? null).toBeNull()
  })
})

describe('a message with transient errors', () => {
  it('fails after five days with the reason, and gets five more days when sent again', async () => {
    const { submit, workOnce, settle, server, submissions, clock, outbox: box } = await outbox()
    server.refusal = () => new AppError('transports.smtp_unavailable', { detail: '451 4.7.1 Greylisted' })
    const { id } = await submit()
    await workOnce()
    clock.advance(5 * DAY_MS - 1)
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: 'transports.smtp_unavailable' })
    clock.set((await box.nextDueAt())!)
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({
      state: 'failed',
      reason: 'submission.gave_up',
      detail: expect.stringContaining('451 4.7.1 Greylisted') as string,
    })

    await submissions.retry(id)
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: 'transports.smtp_unavailable' })
    server.refusal = () => undefined
    await settle()
    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
  })

  const unavailable = () => new AppError('transports.unavailable', { upstream: { status: 503 } })

  it('has five days from its first transient error, not from its acceptance', async () => {
    const { submit, workOnce, server, submissions, clock } = await outbox()
    const { id } = await submit()
    // The server was stopped meanwhile.
    clock.advance(6 * DAY_MS)
    server.refusal = unavailable
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: 'transports.unavailable' })

    clock.advance(5 * DAY_MS)
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'failed', reason: 'submission.gave_up' })
  })

  it.each<[string, 'transports.mailbox_full' | 'transports.send_as_denied']>([
    ['of the mailbox', 'transports.mailbox_full'],
    ['of the sender address', 'transports.send_as_denied'],
  ])('gets a new period of five days after a long fault %s', async (_what, code) => {
    const { submit, workOnce, server, submissions, clock, outbox: box, emailAccountId } = await outbox()
    server.refusal = unavailable
    const { id } = await submit()
    await workOnce()
    clock.advance(DAY_MS)
    server.refusal = () => new AppError(code)
    await workOnce()
    clock.advance(6 * DAY_MS)
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: code })

    server.refusal = unavailable
    await box.release({ emailAccountId })
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: 'transports.unavailable' })
  })

  it('gets a new period of five days after a long mailbox fault seen by another message', async () => {
    const { submit, workOnce, server, submissions, clock, outbox: box, emailAccountId } = await outbox()
    server.refusal = unavailable
    const waiting = await submit()
    await workOnce()
    const other = await submit()
    server.refusal = () => new AppError('transports.mailbox_full')
    await workOnce()
    expect(await submissions.get(other.id)).toMatchObject({ state: 'queued', reason: 'transports.mailbox_full' })
    await submissions.cancel(other.id, 'ben')
    const last = await submit()
    clock.advance(6 * DAY_MS)
    await database.pool.query(`UPDATE submissions SET due_at = $1 WHERE id = $2`, [
      new Date(clock.now().getTime() - 7 * DAY_MS),
      last.id,
    ])
    await workOnce()
    expect(await submissions.get(last.id)).toMatchObject({ state: 'queued', reason: 'transports.mailbox_full' })
    await submissions.cancel(last.id, 'ben')

    server.refusal = unavailable
    await box.release({ emailAccountId })
    await workOnce()
    expect(await submissions.get(waiting.id)).toMatchObject({ state: 'queued', reason: 'transports.unavailable' })
  })

  it('stays queued without limit during an account fault', async () => {
    const { submit, workOnce, server, submissions, clock, outbox: box } = await outbox()
    server.refusal = () => new AppError('transports.send_as_denied')
    const { id } = await submit()
    await workOnce()
    clock.advance(20 * DAY_MS)
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: 'transports.send_as_denied' })
    expect(await box.nextDueAt()).toBeDefined()
  })

  it('is retried with jitter, never before the time set by the server', async () => {
    const pauses = new Set<number>()
    const floored = new Set<number>()
    for (let n = 0; n < 3; n++) {
      const { submit, workOnce, server, submissions, clock } = await outbox()
      server.refusal = () => new AppError('transports.smtp_unavailable')
      const { id } = await submit()
      await workOnce()
      pauses.add((await submissions.get(id)).nextTryAt!.getTime() - clock.now().getTime())
      const retryAt = new Date(clock.now().getTime() + 7 * MINUTE_MS)
      server.refusal = () => new AppError('transports.throttled', { upstream: { retryAt } })
      clock.advance(10_000)
      await workOnce()
      const extraMs = (await submissions.get(id)).nextTryAt!.getTime() - retryAt.getTime()
      expect(extraMs).toBeGreaterThanOrEqual(0)
      floored.add(extraMs)
    }
    expect(pauses.size).toBeGreaterThan(1)
    // Without jitter, all messages would arrive at the very moment that the server named.
    expect(floored.size).toBeGreaterThan(1)
  })
})
