import { afterEach, describe, expect, it, vi } from 'vitest'
import { storeEmailAccount, testDatabase, WAIT, type TestClock } from '../../test/kit/index.ts'
import { outboxForTest, silent } from '../../test/submission/outbox.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import { MOST_OF_ONE_CLAIM } from './claimed-work.ts'
import { MOST_OF_ONE_ACCOUNT } from './claims.ts'
import type { Outbox } from './outbox.ts'
import { Overtaken } from './submission-rows.ts'
import { createSendingWorker } from './sending-worker.ts'
import type { SendingWorker } from './submission.ts'

const database = await testDatabase()
const NEVER_MS = 3_600_000

const workers: SendingWorker[] = []
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()))
})

/** Starts a worker whose claims depend on no duration, unless the test sets one. */
async function startWorker(
  { clock, events, delivery }: Pick<Awaited<ReturnType<typeof outboxForTest>>, 'clock' | 'events' | 'delivery'>,
  outbox: Outbox,
  handBackAfterMs = NEVER_MS,
): Promise<SendingWorker> {
  const times = { quickMs: Infinity, handBackAfterMs }
  const worker = createSendingWorker({ database, clock, events, log: silent, outbox, delivery, times })
  workers.push(worker)
  await worker.start()
  return worker
}

function sizes(id: EmailAccountId, size: number): ReadonlyMap<EmailAccountId, number> {
  return new Map([[id, size]])
}

async function statesOf(ids: readonly SubmissionId[]) {
  const rows = await database.db
    .selectFrom('submissions')
    .select(['id', 'state', 'attempts', 'claimed_by'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute()
  return rows
}

async function submitted(world: { submit: () => Promise<{ id: SubmissionId; messageId: string }> }, count: number) {
  const accepted = []
  for (let n = 0; n < count; n++) accepted.push(await world.submit())
  return accepted
}

describe('a claim of several messages', () => {
  it('takes the oldest of the mailbox in order, with one event each', async () => {
    const world = await outboxForTest(database)
    const accepted = await submitted(world, 6)

    const batchSizes = sizes(world.emailAccountId, 4)
    const rows = await world.outbox.claimBatch('worker-1', { batchSizes })

    expect(rows.map(({ id }) => id)).toEqual(accepted.slice(0, 4).map(({ id }) => id))
    expect(rows.map(({ state, attempts, attachment_count: files }) => [state, attempts, files])).toEqual(
      Array.from({ length: 4 }, () => ['sending', 1, 0]),
    )
    for (const each of accepted.slice(0, 4)) {
      expect(await world.kindsOf(each as never)).toEqual(['submission.queued', 'submission.sending_started'])
    }
    expect(await world.outbox.claim('worker-1')).toBeUndefined()
    expect(await world.outbox.claim('worker-2')).toBeUndefined()
  })

  it('takes one message while another worker has a claim in the mailbox', async () => {
    const world = await outboxForTest(database)
    await submitted(world, 6)
    await world.outbox.claim('worker-1')

    const rows = await world.outbox.claimBatch('worker-2', { batchSizes: sizes(world.emailAccountId, 4) })

    expect(rows).toHaveLength(1)
  })

  it('takes one message of a lane with a limit per minute, or with several mailboxes', async () => {
    const world = await outboxForTest(database)
    const { id: other } = await storeEmailAccount(database, world.clock, { address: `mate-${Math.random()}@x.example` })
    const lane = `smtp.example:587 ${Math.random()}`
    const batchSizes = sizes(world.emailAccountId, 4)
    const claimed = async () => {
      const rows = await world.outbox.claimBatch('worker-1', { batchSizes })
      await world.outbox.handBack(rows)
      return rows.length
    }
    await submitted(world, 6)

    await world.outbox.setLane(world.emailAccountId, lane, undefined)
    expect(await claimed()).toBe(4)
    await world.outbox.setLane(world.emailAccountId, lane, 30)
    expect(await claimed()).toBe(1)
    await world.outbox.setLane(world.emailAccountId, lane, undefined)
    await world.outbox.setLane(other, lane, undefined)
    expect(await claimed()).toBe(1)
  })

  it.each([
    ['a draft', {}],
    ['SMTP', { serverFor: (clock: TestClock) => new StrictMessageServer(clock) }],
  ])('lets each message be canceled until it starts: by %s, only the others are sent', async (_, options) => {
    const world = await outboxForTest(database, options)
    // The first attempt stores the lane of the mailbox.
    const before = await submitted(world, 1)
    await world.settle()
    const accepted = await submitted(world, 4)
    const rows = await world.outbox.claimBatch('worker-1', { batchSizes: sizes(world.emailAccountId, 4) })
    const [canceled, ...others] = [accepted[2]!, accepted[0]!, accepted[1]!, accepted[3]!]

    expect(await world.submissions.get(canceled.id)).toMatchObject({ state: 'sending', canCancel: true })
    const { state, draftId } = await world.submissions.cancel(canceled.id, 'ben')
    const results = []
    for (const row of rows) results.push(await world.delivery.deliver(row).catch((error: unknown) => error))

    expect([state, draftId]).toEqual(['canceled', expect.any(String)])
    expect(results[2]).toBeInstanceOf(Overtaken)
    expect(world.server.delivered).toEqual([...before, ...others].map(({ messageId }) => messageId))
    expect(await world.submissions.get(others[0].id)).toMatchObject({ canCancel: false })
    await expect(world.submissions.cancel(others[0].id, 'ben')).rejects.toMatchObject({ code: 'submission.too_late' })
    await world.settle()
    expect(world.server.leftoverDrafts).toBe(0)
    expect(await world.submissions.get(canceled.id)).toMatchObject({ state: 'canceled' })
  })

  it('never exceeds the limit per mailbox together with concurrent claims', async () => {
    for (let round = 0; round < 5; round++) {
      const world = await outboxForTest(database)
      await submitted(world, 12)
      const batchSizes = sizes(world.emailAccountId, 3)

      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, n) => world.outbox.claimBatch(`worker-${n}`, { batchSizes })),
      )

      // Each worker sends at most two at a time.
      const atATime = claims.map(({ length }) => Math.min(length, MOST_OF_ONE_ACCOUNT))
      expect(atATime.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(MOST_OF_ONE_ACCOUNT)
    }
  })
})

describe('messages handed back', () => {
  it('are queued as before the claim, unless their attempt has started or another worker has them', async () => {
    const world = await outboxForTest(database)
    const accepted = await submitted(world, 4)
    const rows = await world.outbox.claimBatch('worker-1', { batchSizes: sizes(world.emailAccountId, 4) })
    await world.outbox.save(rows[0]!, { send_begun_at: world.clock.now() }, { release: false })
    world.clock.advance(2 * world.LEASE_MS)
    const taken = await world.outbox.claimBatch('worker-2', { submissions: [rows[0]!.id] })

    await world.outbox.handBack(rows)

    expect(taken.map(({ id }) => id)).toEqual([accepted[1]!.id])
    expect((await statesOf(accepted.map(({ id }) => id))).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['sending', 1],
      ['sending', 2],
      ['queued', 0],
      ['queued', 0],
    ])
  })
})

describe('an outbox worker with a quick mailbox', () => {
  it('claims more messages at a time, sends them in order and once, and keeps the rest in order after a refusal', async () => {
    const world = await outboxForTest(database, { serverFor: (clock) => new StrictMessageServer(clock) })
    const { server } = world
    const claimed: number[] = []
    const handedBack: number[] = []
    const outbox = {
      ...world.outbox,
      async claimBatch(...args: Parameters<typeof world.outbox.claimBatch>) {
        const rows = await world.outbox.claimBatch(...args)
        if (rows.length > 0) claimed.push(rows.length)
        return rows
      },
      async handBack(rows: Parameters<typeof world.outbox.handBack>[0]) {
        handedBack.push(rows.length)
        await world.outbox.handBack(rows)
      },
    }
    const accepted = await submitted(world, 60)
    let refuse = false
    server.refusal = () => {
      if (server.delivered.length === 40) refuse = true
      return refuse ? new AppError('transports.mailbox_full') : undefined
    }
    await startWorker(world, outbox)
    await vi.waitUntil(() => handedBack.length > 0, WAIT)

    const isOut = async () =>
      (await statesOf(accepted.map(({ id }) => id))).filter(({ state }) => state === 'handed-over' || state === 'sent')
    await vi.waitUntil(async () => {
      const rows = await statesOf(accepted.map(({ id }) => id))
      return rows.every(({ claimed_by: by }) => by === null)
    }, WAIT)
    expect(Math.max(...claimed)).toBeGreaterThan(MOST_OF_ONE_ACCOUNT)
    expect(Math.max(...claimed)).toBeLessThanOrEqual(MOST_OF_ONE_CLAIM)
    const before = (await isOut()).length
    expect(before).toBeLessThan(60)

    refuse = false
    server.refusal = () => undefined
    await world.submissions.retry(accepted.at(-1)!.id)
    await vi.waitUntil(async () => (await isOut()).length === 60, WAIT)

    expect(new Set(server.delivered).size).toBe(60)
    expect(server.delivered).toHaveLength(60)
    expect(
      lateIn(
        server.delivered,
        accepted.map(({ messageId }) => messageId),
      ),
    ).toBeLessThanOrEqual(2)
  })

  it('returns messages that it has not started when the mailbox becomes slow', async () => {
    const { world, outbox, claims, goOn } = await stallingAccount()
    await startWorker(world, outbox, 100)
    await vi.waitUntil(() => world.server.stalled === MOST_OF_ONE_ACCOUNT, WAIT)

    await vi.waitUntil(async () => (await claims()) === MOST_OF_ONE_ACCOUNT, WAIT)

    goOn()
    await vi.waitUntil(() => world.server.delivered.length === 40, WAIT)
  })

  it('returns messages that it has not started when the mailbox is paused', async () => {
    const { world, outbox, claims, goOn } = await stallingAccount()
    await startWorker(world, outbox)
    await vi.waitUntil(() => world.server.stalled === MOST_OF_ONE_ACCOUNT, WAIT)
    expect(await claims()).toBeGreaterThan(MOST_OF_ONE_ACCOUNT)

    await world.emailAccounts.pause(world.emailAccountId, 'ada')

    await vi.waitUntil(async () => (await claims()) === MOST_OF_ONE_ACCOUNT, WAIT)
    goOn()
  })

  it('returns messages that it has not started when it stops', async () => {
    const { world, outbox, claims, goOn } = await stallingAccount()
    const worker = await startWorker(world, outbox)
    await vi.waitUntil(() => world.server.stalled === MOST_OF_ONE_ACCOUNT, WAIT)
    expect(await claims()).toBeGreaterThan(MOST_OF_ONE_ACCOUNT)

    const stopped = worker.stop()
    await vi.waitUntil(async () => (await claims()) === MOST_OF_ONE_ACCOUNT, WAIT)
    goOn()
    await stopped

    expect(await claims()).toBe(0)
    expect(new Set(world.server.delivered).size).toBe(world.server.delivered.length)
  })
})

/** 40 messages for a mailbox that stops responding as soon as a worker has claimed at least four at once. */
async function stallingAccount() {
  const world = await outboxForTest(database)
  const ids = (await submitted(world, 40)).map(({ id }) => id)
  let stalls = false
  world.server.faults = { at: (name) => (stalls && name === 'before createDraft' ? 'stall' : undefined) }
  const outbox: Outbox = {
    ...world.outbox,
    async claimBatch(...args) {
      const rows = await world.outbox.claimBatch(...args)
      if (rows.length >= 4) stalls = true
      return rows
    },
  }
  const goOn = () => {
    world.server.faults = { at: () => undefined }
    world.server.release()
  }
  const claims = async () => (await statesOf(ids)).filter(({ claimed_by: by }) => by !== null).length
  return { world, outbox, claims, goOn }
}

/** Greatest number of places by which a message went out later than in the given order. */
function lateIn(actual: readonly string[], order: readonly string[]): number {
  return Math.max(...order.map((id, place) => actual.indexOf(id) - place))
}
