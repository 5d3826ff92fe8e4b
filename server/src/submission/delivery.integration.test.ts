import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { UNCLEAR_AFTER_MS } from './delivery.ts'
import { Overtaken } from './submission-rows.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import type { Fault } from '../../test/submission/strict-mail-server.ts'

const database = await testDatabase()

const WITH_FILE = {
  attachments: [{ name: 'bill.pdf', contentType: 'application/pdf', isInline: false, content: Buffer.alloc(2000, 1) }],
}

const EVERYWHERE: readonly Fault[] = ['kill', 'stall']
const BEFORE_A_REQUEST: readonly Fault[] = ['kill', 'stall', 'cut', 'late', 'throttle', 'unavailable']
const AFTER_A_REQUEST: readonly Fault[] = ['kill', 'stall', 'cut']

function faultsAt(boundary: string): readonly Fault[] {
  if (boundary.endsWith('store')) return EVERYWHERE
  return boundary.startsWith('before') ? BEFORE_A_REQUEST : AFTER_A_REQUEST
}

describe('a message on its way out', () => {
  it('goes out once, and its copy in Sent Items is linked with the Message-ID that Exchange made', async () => {
    const { submit, settle, submissions, server, kindsOf, database: db } = await outboxForTest(database)
    const accepted = await submit()
    expect(accepted).toMatchObject({ state: 'queued', attempts: 0 })

    await settle()

    const sent = await submissions.get(accepted.id)
    expect(sent).toMatchObject({ state: 'sent', attempts: 1, remoteMessageId: `exchange-made-${accepted.messageId}` })
    expect(server.delivered).toEqual([accepted.messageId])
    expect(await kindsOf(accepted)).toEqual(
      ['queued', 'sending_started', 'handed_over', 'sent'].map((happened) => `submission.${happened}`),
    )
    const message = await db.db
      .selectFrom('messages')
      .selectAll()
      .where('id', '=', sent.sentMessageId!)
      .executeTakeFirstOrThrow()
    expect(message).toMatchObject({ direction: 'out', message_id: sent.remoteMessageId })
  })

  describe('whatever happens at any of its boundaries', async () => {
    for (const boundary of await boundariesOf()) {
      for (const fault of faultsAt(boundary.name)) {
        it(`goes out exactly once: ${fault} ${boundary.name}, the ${boundary.nth}. time`, async () => {
          const world = await outboxForTest(database)
          const { submit, settle, submissions, server, release } = world
          let seen = 0
          server.faults = {
            at: (name) => (name === boundary.name && ++seen === boundary.nth ? fault : undefined),
          }
          const { id, messageId } = await submit({ content: WITH_FILE })

          await settle(['worker-1', 'worker-2'])
          await release()
          await settle()

          expect(seen).toBeGreaterThanOrEqual(boundary.nth)
          expect(server.delivered).toEqual([messageId])
          expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
          expect(server.objections).toEqual([])
          expect(server.leftoverDrafts).toBe(0)
        })
      }
    }
  })

  it('is refused a late write by its fence when its worker stood still meanwhile', async () => {
    const { submit, settle, server, outcomes, submissions } = await outboxForTest(database)
    let stalls = 1
    server.faults = { at: (name) => (name === 'before sendDraft' && stalls-- > 0 ? 'stall' : undefined) }
    const { id } = await submit()

    await settle()
    const byTheSecond = await submissions.get(id)
    server.release()

    expect(await outcomes[0]).toBeInstanceOf(Overtaken)
    expect(server.delivered).toHaveLength(1)
    expect(await submissions.get(id)).toEqual(byTheSecond)
  })

  it('is unknown when nobody can say what became of it, and is not sent again by itself', async () => {
    const { submit, settle, server, submissions, kindsOf, clock } = await outboxForTest(database)
    server.copyDelayMs = 10 * UNCLEAR_AFTER_MS
    server.faults = { at: (name) => (name === 'after sendDraft' ? 'cut' : undefined) }
    const { id } = await submit()

    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'unknown', reason: 'submission.outcome_unclear' })
    clock.advance(UNCLEAR_AFTER_MS)
    await settle()
    expect(server.delivered).toHaveLength(1)
    expect(await kindsOf({ id } as never)).toContain('submission.outcome_lost')
  })

  it('is unknown when it was taken and its copy never shows itself; a person says that it was sent', async () => {
    const { submit, settle, server, submissions } = await outboxForTest(database)
    server.copyDelayMs = 10 * UNCLEAR_AFTER_MS
    const { id } = await submit()
    await settle()
    expect(await submissions.get(id)).toMatchObject({ state: 'unknown', reason: 'submission.copy_missing' })

    expect(await submissions.decideUnknown(id, 'was-sent')).toMatchObject({ state: 'sent', reason: undefined })
    await settle()

    expect(server.delivered).toHaveLength(1)
  })

  it('is no longer unknown once the copy turns up after all', async () => {
    const { submit, settle, server, submissions, syncSent, clock } = await outboxForTest(database)
    server.copyDelayMs = 2 * UNCLEAR_AFTER_MS
    const { id } = await submit()
    await settle()
    clock.advance(2 * UNCLEAR_AFTER_MS)

    await syncSent()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: undefined })
  })

  it('is not sent again, though a person says so, when the mailbox shows it as sent', async () => {
    const { submit, settle, server, submissions, clock } = await outboxForTest(database)
    server.copyDelayMs = 2 * UNCLEAR_AFTER_MS
    const { id } = await submit()
    await settle()
    clock.advance(2 * UNCLEAR_AFTER_MS)

    await submissions.decideUnknown(id, 'send-again')
    await settle()

    expect(server.delivered).toHaveLength(1)
    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
  })

  it('waits while Send As is missing, keeps its text, and goes out by itself once the right is there', async () => {
    const { submit, workOnce, settle, server, submissions } = await outboxForTest(database)
    server.refusesSendAs = true
    const { id, messageId } = await submit({ content: WITH_FILE })
    await workOnce()
    const waiting = await submissions.get(id)
    expect(waiting).toMatchObject({ state: 'queued', reason: 'transports.send_as_denied' })
    expect(waiting.content.text).toBe('We send you a new one.')

    server.refusesSendAs = false
    await settle()
    expect(server.leftoverDrafts).toBe(0)

    expect(await submissions.get(id)).toMatchObject({ state: 'sent', messageId })
    expect(server.delivered).toEqual([messageId])
  })

  it('waits with the reason shown while the mailbox wants silence, and not a second longer', async () => {
    const { submit, workOnce, server, submissions, clock } = await outboxForTest(database)
    let refusals = 1
    server.faults = { at: (name) => (name === 'before createDraft' && refusals-- > 0 ? 'throttle' : undefined) }
    const { id } = await submit()

    await workOnce()

    const waiting = await submissions.get(id)
    expect(waiting).toMatchObject({ state: 'queued', reason: 'transports.throttled' })
    expect(waiting.nextTryAt).toEqual(new Date(clock.now().getTime() + 30_000))
    expect(await workOnce()).toBe(false)
    clock.advance(30_000)
    expect(await workOnce()).toBe(true)
    expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: undefined })
  })

  it('waits while its account is paused', async () => {
    const { submit, workOnce, submissions, emailAccounts, emailAccountId, settle } = await outboxForTest(database)
    await emailAccounts.pause(emailAccountId, 'ada')
    const { id } = await submit()

    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: 'email_accounts.paused' })

    await emailAccounts.resume(emailAccountId, 'ada')
    await settle()
    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
  })

  it('leaves no second draft in the mailbox while it is tried again', async () => {
    const { submit, workOnce, server, clock, LEASE_MS } = await outboxForTest(database)
    let kills = 1
    server.faults = { at: (name) => (name === 'after createDraft' && kills-- > 0 ? 'kill' : undefined) }
    await submit()
    await workOnce()
    expect(server.leftoverDrafts).toBe(1)

    clock.advance(LEASE_MS)
    await workOnce()

    expect(server.leftoverDrafts).toBe(0)
    expect(server.delivered).toHaveLength(1)
  })

  it('cannot be taken back while it is unclear whether it went out', async () => {
    const { submit, workOnce, server, submissions } = await outboxForTest(database)
    server.copyDelayMs = 60_000
    server.faults = { at: (name) => (name === 'after sendDraft' ? 'cut' : undefined) }
    const { id } = await submit()
    await workOnce()

    expect(await submissions.get(id)).toMatchObject({ state: 'sending', reason: 'transports.unavailable' })
    await expect(submissions.cancel(id, 'ben')).rejects.toMatchObject({ code: 'submission.too_late' })
  })

  it('stays sent when sync met its copy before the worker came to store that it was handed over', async () => {
    const { submit, workOnce, server, submissions, syncSent, release, outcomes, settle } = await outboxForTest(database)
    server.faults = { at: (name) => (name === 'after sendDraft' ? 'stall' : undefined) }
    const { id } = await submit()
    await workOnce()

    await syncSent()
    await release()

    expect(await outcomes[0]).toBeInstanceOf(Overtaken)
    await settle()
    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
  })

  it('is claimed by one of any number of workers at the same moment', async () => {
    const { submit, outbox, clock } = await outboxForTest(database)
    // All connections are open before the race.
    await Promise.all(Array.from({ length: 10 }, () => outbox.claim('nobody')))
    for (let round = 0; round < 5; round++) {
      await submit()

      const claims = await Promise.all(Array.from({ length: 10 }, (_, index) => outbox.claim(`worker-${index}`)))

      const [row, ...others] = claims.filter((each) => each !== undefined)
      expect(others).toEqual([])
      // Out of the way of the next round: a mailbox has its share of claims.
      await outbox.save(
        row!,
        { state: 'queued', due_at: new Date(clock.now().getTime() + 3_600_000) },
        { release: true },
      )
    }
  })

  it('is not held by a sign of life that comes after it was given back', async () => {
    const { submit, outbox, clock } = await outboxForTest(database)
    await submit()
    const claimed = (await outbox.claim('worker-1'))!
    await outbox.renew(claimed)
    await outbox.save(claimed, { due_at: clock.now() }, { release: true })

    await expect(outbox.renew(claimed)).rejects.toBeInstanceOf(Overtaken)

    expect(await outbox.claim('worker-2')).toMatchObject({ id: claimed.id })
  })

  it('goes out exactly once or is unknown, whatever happens in whatever order', { timeout: 300_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.constantFrom(...BEFORE_A_REQUEST), { nil: undefined, freq: 2 }), { maxLength: 25 }),
        fc.constantFrom(0, 5_000, 2 * UNCLEAR_AFTER_MS),
        fc.boolean(),
        async (sequence, copyDelayMs, hasFile) => {
          const { submit, settle, submissions, server, syncSent, release } = await outboxForTest(database)
          server.copyDelayMs = copyDelayMs
          const faults = [...sequence]
          server.faults = {
            at(boundary) {
              const fault = faults.shift()
              return fault !== undefined && faultsAt(boundary).includes(fault) ? fault : undefined
            },
          }
          const { id, messageId } = await submit(hasFile ? { content: WITH_FILE } : {})

          await settle(['worker-1', 'worker-2'])
          // Whoever stood still goes on, and may meet further faults.
          while (server.stalled > 0) {
            await release()
            await settle(['worker-1', 'worker-2'])
          }

          expect(server.objections).toEqual([])
          expect(server.delivered.length).toBeLessThanOrEqual(1)
          const { state } = await submissions.get(id)
          expect(['sent', 'unknown']).toContain(state)
          if (state === 'sent') expect(server.delivered).toEqual([messageId])
          await syncSent()
        },
      ),
      { numRuns: 60 },
    ),
  )
})

/** Every boundary that a message passes on a good day, each time that it passes it. */
async function boundariesOf(): Promise<{ name: string; nth: number }[]> {
  const { submit, settle, server } = await outboxForTest(database)
  const passed: { name: string; nth: number }[] = []
  server.faults = {
    at(name) {
      passed.push({ name, nth: passed.filter((one) => one.name === name).length + 1 })
      return undefined
    },
  }
  await submit({ content: WITH_FILE })
  await settle()
  return passed
}
