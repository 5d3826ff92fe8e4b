import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { UNCLEAR_AFTER_MS } from './delivery.ts'
import { Overtaken } from './submission-rows.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import type { Fault } from '../../test/kit/strict-mail-server.ts'

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

describe('a message being sent', () => {
  it('is sent once, and its Sent copy is linked by the Message-ID that Exchange created', async () => {
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

  describe('faults at each boundary', async () => {
    for (const boundary of await boundariesOf()) {
      for (const fault of faultsAt(boundary.name)) {
        it(`result in exactly one delivery: ${fault} ${boundary.name}, occurrence ${boundary.nth}`, async () => {
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

  it('ignores a late write of a stalled worker because of its fencing token', async () => {
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

  it("is unknown if its outcome can't be determined, and is not sent again automatically", async () => {
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

  it('is unknown if it was accepted and no copy appears; a person can mark it as sent', async () => {
    const { submit, settle, server, submissions } = await outboxForTest(database)
    server.copyDelayMs = 10 * UNCLEAR_AFTER_MS
    const { id } = await submit()
    await settle()
    expect(await submissions.get(id)).toMatchObject({ state: 'unknown', reason: 'submission.copy_missing' })

    expect(await submissions.decideUnknown(id, 'was-sent')).toMatchObject({ state: 'sent', reason: undefined })
    await settle()

    expect(server.delivered).toHaveLength(1)
  })

  it('is sent instead of unknown as soon as a late copy arrives', async () => {
    const { submit, settle, server, submissions, syncSent, clock } = await outboxForTest(database)
    server.copyDelayMs = 2 * UNCLEAR_AFTER_MS
    const { id } = await submit()
    await settle()
    clock.advance(2 * UNCLEAR_AFTER_MS)

    await syncSent()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: undefined })
  })

  it('is not sent again on request if the mailbox already contains the copy', async () => {
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

  it('stays queued with its text while Send As is missing, and is sent once the permission exists', async () => {
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

  it('stays queued with the reason while the mailbox is throttled, until just after the time set by the server', async () => {
    const { submit, workOnce, server, submissions, clock } = await outboxForTest(database)
    let refusals = 1
    server.faults = { at: (name) => (name === 'before createDraft' && refusals-- > 0 ? 'throttle' : undefined) }
    const { id } = await submit()

    await workOnce()

    const waiting = await submissions.get(id)
    expect(waiting).toMatchObject({ state: 'queued', reason: 'transports.throttled' })
    const pauseMs = waiting.nextTryAt!.getTime() - clock.now().getTime()
    expect(pauseMs).toBeGreaterThanOrEqual(30_000)
    // Jitter, so that the messages of all mailboxes do not arrive at the same moment.
    expect(pauseMs).toBeLessThan(30_500)
    expect(await workOnce()).toBe(false)
    clock.advance(pauseMs)
    expect(await workOnce()).toBe(true)
    expect(await submissions.get(id)).toMatchObject({ state: 'sent', reason: undefined })
  })

  it('stays queued while its account is paused', async () => {
    const { submit, workOnce, submissions, emailAccounts, emailAccountId, settle } = await outboxForTest(database)
    await emailAccounts.pause(emailAccountId, 'ada')
    const { id } = await submit()

    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: 'email_accounts.paused' })

    await emailAccounts.resume(emailAccountId, 'ada')
    await settle()
    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
  })

  it('leaves only one draft in the mailbox after a retry', async () => {
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

  it("can't be canceled while its outcome is unclear", async () => {
    const { submit, workOnce, server, submissions } = await outboxForTest(database)
    server.copyDelayMs = 60_000
    server.faults = { at: (name) => (name === 'after sendDraft' ? 'cut' : undefined) }
    const { id } = await submit()
    await workOnce()

    expect(await submissions.get(id)).toMatchObject({ state: 'sending', reason: 'transports.unavailable' })
    await expect(submissions.cancel(id, 'ben')).rejects.toMatchObject({ code: 'submission.too_late' })
  })

  it('stays sent if sync files its copy before the worker stores the handover', async () => {
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

  it('is claimed by one of any number of concurrent workers', async () => {
    const { submit, outbox, clock } = await outboxForTest(database)
    // Opens all connections before the race.
    await Promise.all(Array.from({ length: 10 }, () => outbox.claim('nobody')))
    for (let round = 0; round < 5; round++) {
      await submit()

      const claims = await Promise.all(Array.from({ length: 10 }, (_, index) => outbox.claim(`worker-${index}`)))

      const [row, ...others] = claims.filter((each) => each !== undefined)
      expect(others).toEqual([])
      // Frees the mailbox's share of claims for the next round.
      await outbox.save(
        row!,
        { state: 'queued', due_at: new Date(clock.now().getTime() + 3_600_000) },
        { release: true },
      )
    }
  })

  it("can't be held by a late renewal after its release", async () => {
    const { submit, outbox, clock } = await outboxForTest(database)
    await submit()
    const claimed = (await outbox.claim('worker-1'))!
    await outbox.renew(claimed)
    await outbox.save(claimed, { due_at: clock.now() }, { release: true })

    await expect(outbox.renew(claimed)).rejects.toBeInstanceOf(Overtaken)

    expect(await outbox.claim('worker-2')).toMatchObject({ id: claimed.id })
  })

  it('is sent exactly once or is unknown, for any sequence of faults', { timeout: 300_000 }, () =>
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
          // A resumed worker may run into further faults.
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

/** All boundaries that a message passes without faults, with the count of each. */
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
