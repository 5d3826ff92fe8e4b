/** Sending state of a mailbox after one message ends while others wait. */
import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'

const database = await testDatabase()
const byMessage = () =>
  outboxForTest(database, { serverFor: (clock) => new StrictMessageServer(clock), canSendByGraph: false })
const senderDenied = () => new AppError('transports.send_as_denied')

describe('a pause requested by the server for a mailbox without a lane', () => {
  it('stays in effect when a message already being sent succeeds', async () => {
    const { submit, workOnce, settle, release, server, clock, sendingState } = await outboxForTest(database)
    const [first, second] = [await submit(), await submit()]
    server.faults = { at: (name) => (name === 'before sendDraft' ? 'stall' : undefined) }
    await workOnce('worker-1')
    let attempts = 0
    server.faults = {
      at(name) {
        if (name !== 'before createDraft') return undefined
        attempts++
        return 'throttle'
      },
    }
    await workOnce('worker-2')
    await release()
    expect(server.delivered).toEqual([first.messageId])

    while (await workOnce());
    expect(attempts).toBe(1)
    expect(await sendingState()).toMatchObject({ held_code: 'transports.throttled' })

    const retryAt = clock.now().getTime() + 30_000
    server.faults = { at: () => undefined }
    await settle()
    expect(server.delivered).toEqual([first.messageId, second.messageId])
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(retryAt)
  })
})

describe('a fault of one sender address', () => {
  it('is shown until its last message is sent, regardless of mail from other addresses', async () => {
    const { submit, workOnce, settle, server, clock, sendingState } = await byMessage()
    server.refusal = senderDenied
    await submit()
    await workOnce()
    const since = clock.now()
    server.refusal = () => undefined
    const other = await submit()
    clock.advance(1000)
    await workOnce()
    expect(server.delivered).toEqual([other.messageId])
    expect(await sendingState()).toMatchObject({ trouble_code: 'transports.send_as_denied', trouble_since: since })

    await settle()
    expect(server.delivered).toHaveLength(2)
    expect(await sendingState()).toMatchObject({ trouble_code: null, trouble_since: null, trouble_upstream: null })
  })

  it('ends when its last message is canceled, regardless of other queued mail', async () => {
    const { submit, workOnce, server, submissions, sendingState } = await byMessage()
    server.refusal = senderDenied
    const { id } = await submit()
    await submit({ holdMs: 60_000 })
    await workOnce()
    await submissions.cancel(id, 'ben')
    expect(await sendingState()).toMatchObject({ trouble_code: null })
  })
})

describe('a fault of the whole mailbox', () => {
  it('ends when the first message is sent, while others are still queued', async () => {
    const { submit, workOnce, server, submissions, sendingState } = await byMessage()
    server.refusal = () => new AppError('transports.mailbox_full')
    const { id } = await submit()
    await workOnce()
    const other = await submit()
    await submissions.retry(id)
    await workOnce()
    await submissions.retry(other.id)
    await workOnce()
    server.refusal = () => undefined
    await submissions.retry(id)
    await workOnce()
    expect(server.delivered).toHaveLength(1)
    expect(await sendingState()).toMatchObject({ trouble_code: null, held_until: null })
  })
})
