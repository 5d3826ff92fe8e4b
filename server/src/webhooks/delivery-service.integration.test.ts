/** The service that delivers: its costs, deliveries that wait behind others, its subscription, and restored databases. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { countStatements, createWebhookStage, MINUTE_MS } from '../../test/kit/index.ts'
import type { Events } from '../events/index.ts'
import { newId, type WebhookEndpointId } from '../kernel/ids.ts'
import { pauseAfterRestore } from './index.ts'

const { database, clock, events, webhooks, create, deliver, add, happen, idsOf, got, respondWith, ...stage } =
  await createWebhookStage()
/** Waiting deliveries in their order. */
const waiting = (id: WebhookEndpointId) =>
  webhooks.deliveries.list(id, { limit: 500, state: 'waiting' }).then(({ deliveries }) => deliveries.toReversed())

/** A running service, after its first round. */
async function start(replaced?: Partial<Events>) {
  const { service } = create(replaced)
  onTestFinished(() => service.stop())
  await service.start()
  await service.settled()
  return service
}

describe('costs', () => {
  it('two statements for a round without work, also while deliveries wait', async () => {
    await add()
    respondWith(() => 500)
    const service = await start()
    const ids = await happen('c1', 'c1', 'c1')
    await expect.poll(() => idsOf('/a')).toEqual(ids.slice(0, 1))
    await service.settled()
    const round = async () => {
      service.poke()
      await service.settled()
    }
    expect(await countStatements(database, round)).toBe(2)
    expect(idsOf('/a')).toHaveLength(1)
  })

  it('15 statements for one event, two of them of the subscription, and 11 for each further page of 100', async () => {
    await add()
    const service = await start()
    const append = (count: number) =>
      database.transaction((tx) =>
        events.appendAll(
          tx,
          Array.from({ length: count }, () => ({
            ...{ kind: 'message.removed' as const, subjectId: newId(), at: clock.now() },
            payload: { conversationId: newId() },
          })),
        ),
      )
    const cost = async (count: number) => {
      const before = got.length
      const statements = await countStatements(database, async () => {
        await append(count)
        await expect.poll(() => got.length).toBe(before + count)
        await service.settled()
      })
      return statements - 3
    }
    const one = await cost(1)
    expect(one).toBeLessThanOrEqual(15)
    expect((await cost(400)) - one).toBeLessThanOrEqual(3 * 11)
  })
})

describe('a delivery behind an earlier one of its conversation', () => {
  it('has no time until that one is delivered', async () => {
    const { id } = await add()
    respondWith(() => 500)
    const [first, second, third] = await happen('c1', 'c1', 'c1')
    await deliver()
    expect((await waiting(id)).map(({ dueAt }) => dueAt !== undefined)).toEqual([true, false, false])

    respondWith((request) => (request.id === first ? 200 : 500))
    clock.advance(MINUTE_MS)
    await deliver()
    expect((await waiting(id)).map(({ eventId, dueAt }) => [String(eventId), dueAt !== undefined])).toEqual([
      [second, true],
      [third, false],
    ])
    respondWith(() => 200)
    clock.advance(MINUTE_MS)
    await deliver()
    expect(idsOf('/a').slice(-2)).toEqual([second, third])
  })

  it('gets its time when retention deletes the event of that one', async () => {
    const { id } = await add()
    respondWith(() => 500)
    const [first, second] = await happen('c1', 'c1')
    await deliver()
    await database.pool.query('DELETE FROM events WHERE id = $1', [first])
    respondWith(() => 200)
    clock.advance(MINUTE_MS)
    await deliver()
    expect(idsOf('/a').at(-1)).toBe(second)
    expect(await waiting(id)).toEqual([])
  })

  it('waits also when it is replayed', async () => {
    const { id } = await add()
    const [first] = await happen('c1')
    await deliver()
    const { deliveries } = await webhooks.deliveries.list(id, { limit: 1 })
    respondWith(() => 500)
    const [second] = await happen('c1')
    await deliver()
    const replay = () => webhooks.deliveries.replayOne(id, deliveries[0]!.id, 'person:test')
    expect([(await replay()).dueAt, (await replay()).dueAt]).toEqual([undefined, undefined])

    respondWith(() => 200)
    clock.advance(MINUTE_MS)
    await deliver()
    expect(idsOf('/a')).toEqual([first, second, second, first])
  })
})

it('a subscription that ended is replaced, and what came meanwhile is delivered', async () => {
  await add()
  let end = () => {}
  let subscribed = 0
  const service = await start({
    async subscribe(filter, listener, onEnd) {
      subscribed++
      const stop = await events.subscribe(filter, listener, onEnd)
      end = () => {
        void stop()
        onEnd?.(new Error('Ended'))
      }
      return stop
    },
  })
  end()
  const [missed] = await happen('c1')
  await service.settled()
  expect(idsOf('/a')).toEqual([])
  service.poke()
  await service.settled()
  expect(idsOf('/a')).toEqual([missed])

  const [next] = await happen('c2')
  await expect.poll(() => idsOf('/a')).toEqual([missed, next])
  expect(subscribed).toBe(2)
})

describe('the epoch of the database', () => {
  it('is marked before the requests of each step', async () => {
    await add()
    await happen(...Array.from({ length: 150 }, (_, n) => `c${n}`))
    const before: number[] = []
    stage.setOnMark(() => Promise.resolve(void before.push(got.length)))
    await deliver()
    expect(before).toEqual([0, 100])
    expect(got).toHaveLength(150)
  })

  it('ends a step with events from before a restore', async () => {
    const { id } = await add()
    await happen('c1')
    stage.setOnMark(async () => {
      await database.transaction((tx) => pauseAfterRestore(tx, { detectedAt: clock.now() }))
    })
    await deliver()
    expect(got).toEqual([])
    expect(await webhooks.endpoints.get(id)).toMatchObject({ reason: { code: 'webhooks.database_restored' } })
  })
})
