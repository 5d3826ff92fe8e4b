import { afterEach, describe, expect, it, vi } from 'vitest'
import { storeEmailAccount, testDatabase, WAIT } from '../../test/kit/index.ts'
import { outboxForTest, silent } from '../../test/submission/outbox.ts'
import { MOST_OF_ONE_ACCOUNT } from './claims.ts'
import { createSendingWorker } from './sending-worker.ts'
import type { SendingWorker } from './submission.ts'

const database = await testDatabase()

const workers: SendingWorker[] = []
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()))
})

describe('an outbox worker', () => {
  it('sends mail of other mailboxes while one does not respond, however much of its mail is queued', async () => {
    const world = await outboxForTest(database)
    world.server.faults = { at: (name) => (name === 'before createDraft' ? 'stall' : undefined) }
    for (let n = 0; n < 40; n++) await world.submit()
    await startWorker(world)
    await vi.waitUntil(() => world.server.stalled === 2, WAIT)

    const { id: other } = await storeEmailAccount(database, world.clock, { address: 'other@contoso.example' })
    const { id } = await world.submit({ emailAccountId: other })
    // The stall proves that the attempt has started.
    await vi.waitUntil(() => world.server.stalled === 3, WAIT)
    expect((await world.submissions.get(id)).state).toBe('sending')
    world.server.faults = { at: () => undefined }
    world.server.release()
    await vi.waitUntil(async () => (await world.submissions.get(id)).state === 'sent', WAIT)
  })
})

describe('the end of sending', () => {
  it('is recorded outside the database again if that failed', async () => {
    const world = await outboxForTest(database)
    // Nothing else becomes due.
    world.server.syncFindsCopyWithinMs = 600_000
    let marks = 0
    await world.submit()
    await startWorker(world, () => {
      marks++
      return marks === 2 ? Promise.reject(new Error('no space left')) : Promise.resolve(true)
    })
    await vi.waitUntil(() => marks === 2, WAIT)
    world.clock.advance(5000)
    await vi.waitUntil(() => marks === 3, WAIT)
  })
})

describe('several outbox workers', () => {
  it('respect the limit per mailbox together, even if they claim at the same moment', async () => {
    const world = await outboxForTest(database)
    world.server.faults = { at: (name) => (name === 'before createDraft' ? 'stall' : undefined) }
    for (let n = 0; n < 12; n++) await world.submit()
    await Promise.all(Array.from({ length: 4 }, () => startWorker(world)))
    const { id: other } = await storeEmailAccount(database, world.clock, { address: 'other@contoso.example' })
    const { id } = await world.submit({ emailAccountId: other })
    await vi.waitUntil(async () => (await world.submissions.get(id)).state === 'sending', WAIT)

    const claims = await Promise.all(Array.from({ length: 8 }, (_, n) => world.outbox.claim(`worker-${n}`)))

    expect(claims.filter((row) => row !== undefined)).toEqual([])
    const states = await database.db
      .selectFrom('submissions')
      .select('id')
      .where('email_account_id', '=', world.emailAccountId)
      .where('claimed_by', 'is not', null)
      .execute()
    expect(states).toHaveLength(MOST_OF_ONE_ACCOUNT)
    world.server.faults = { at: () => undefined }
    world.server.release()
  })

  it('never claim more of a mailbox than its limit, for any number of concurrent claims', async () => {
    const { submit, outbox } = await outboxForTest(database)
    for (let n = 0; n < 12; n++) await submit()

    const claims = await Promise.all(Array.from({ length: 12 }, (_, n) => outbox.claim(`worker-${n}`)))

    expect(claims.filter((row) => row !== undefined)).toHaveLength(MOST_OF_ONE_ACCOUNT)
  })
})

describe('an outbox worker notified of held mail', () => {
  it('makes no query before the due time, and sends the mail then', async () => {
    const world = await outboxForTest(database)
    let looks = 0
    const outbox = {
      ...world.outbox,
      nextDueAt: (busy?: Parameters<typeof world.outbox.nextDueAt>[0]) => (looks++, world.outbox.nextDueAt(busy)),
      claimBatch: (...args: Parameters<typeof world.outbox.claimBatch>) => (looks++, world.outbox.claimBatch(...args)),
    }
    await startWorker({ ...world, outbox })
    await vi.waitUntil(() => looks === 2, WAIT)

    const { id } = await world.submit({ holdMs: 10_000 })
    const { id: other } = await storeEmailAccount(database, world.clock, { address: 'other@contoso.example' })
    const atOnce = await world.submit({ emailAccountId: other })
    await vi.waitUntil(async () => (await world.submissions.get(atOnce.id)).state === 'sent', WAIT)
    expect((await world.submissions.get(id)).attempts).toBe(0)
    // One claim. At its start and its end, one further claim without a result and one query for the next due time.
    expect(looks).toBeLessThanOrEqual(2 + 5)

    world.clock.advance(10_000)
    await vi.waitUntil(async () => (await world.submissions.get(id)).state === 'sent', WAIT)
  })
})

describe('an outbox worker whose clock is moved', () => {
  it('immediately sends mail that became due, despite a pending 30-second sleep', async () => {
    const world = await outboxForTest(database)
    let refusals = 1
    world.server.faults = { at: (name) => (name === 'before createDraft' && refusals-- > 0 ? 'throttle' : undefined) }
    const { id } = await world.submit()
    await startWorker(world)
    const state = async () => (await world.submissions.get(id)).state
    await vi.waitUntil(
      async () => (await world.submissions.get(id)).attempts === 1 && (await state()) === 'queued',
      WAIT,
    )

    world.clock.advance(3_600_000)
    await vi.waitUntil(async () => (await state()) === 'sent', WAIT)
    expect(world.server.delivered).toHaveLength(1)
  })

  it('keeps its own claims, so that no worker claims them again', async () => {
    const world = await outboxForTest(database)
    world.server.faults = { at: (name) => (name === 'before sendDraft' ? 'stall' : undefined) }
    const { id } = await world.submit()
    await startWorker(world)
    await vi.waitUntil(() => world.server.stalled === 1, WAIT)

    for (let move = 0; move < 3; move++) {
      world.clock.advance(2 * world.LEASE_MS)
      // Wakes the worker at the worst moment, before it can renew its lease.
      await world.submit()
      await vi.waitUntil(async () => (await row()).lease_until! > world.clock.now(), WAIT)
    }
    expect(await row()).toMatchObject({ fence: 1, attempts: 1 })

    async function row() {
      return database.db.selectFrom('submissions').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    }
    world.server.faults = { at: () => undefined }
    world.server.release()
  })
})

async function startWorker(
  { clock, events, outbox, delivery }: Awaited<ReturnType<typeof outboxForTest>>,
  mark?: () => Promise<boolean>,
) {
  const worker = createSendingWorker({ database, clock, events, log: silent, outbox, delivery, mark })
  workers.push(worker)
  await worker.start()
}
