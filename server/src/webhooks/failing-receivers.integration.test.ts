/** Receivers that refuse or fail at single events, and endpoints whose filter or owner changes meanwhile. */
import { describe, expect, it } from 'vitest'
import { newId, type EmailAccountId, type WebhookEndpointId } from '../kernel/ids.ts'
import { createWebhookStage, DAY_MS, MINUTE_MS } from '../../test/kit/index.ts'

const { database, clock, events, webhooks, deliver, add, happen, idsOf, got, audited, respondWith, ...stage } =
  await createWebhookStage()
const HOUR_MS = 60 * MINUTE_MS
const listed = (id: WebhookEndpointId, state: 'waiting' | 'failed') =>
  webhooks.deliveries.list(id, { limit: 500, state }).then(({ deliveries }) => deliveries)

/** Delivers again and again while the time passes. */
async function pass(ms: number, stepMs: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs)
    await deliver()
  }
}

async function happenTo(emailAccountId: EmailAccountId, conversationId: string): Promise<string> {
  const after = await events.position()
  const event = { kind: 'message.removed' as const, emailAccountId, subjectId: newId(), payload: { conversationId } }
  await database.transaction((tx) => events.appendAll(tx, [{ ...event, at: clock.now() }]))
  return String((await events.list({ emailAccountIds: 'all', after })).events[0]!.id)
}

describe('a receiver that refuses some events with 4xx', () => {
  it('gets all others at once, however many it refuses, and each refused one ten times', async () => {
    const { id } = await add()
    const refused = new Set(await happen(...Array.from({ length: 30 }, (_, n) => `bad${n}`)))
    respondWith((request) => (refused.has(request.id) ? 422 : 200))
    await deliver()
    expect(await webhooks.endpoints.get(id)).toMatchObject({ state: 'active', pausedUntil: undefined })
    const good = await happen(...Array.from({ length: 30 }, (_, n) => `good${n}`))
    await deliver()
    expect(
      idsOf('/a')
        .filter((each) => good.includes(each))
        .toSorted(),
    ).toEqual(good.toSorted())

    const [later] = await happen('bad0')
    await pass(HOUR_MS, MINUTE_MS)
    const [first] = refused
    expect(idsOf('/a').filter((each) => each === first)).toHaveLength(10)
    expect(idsOf('/a')).toContain(later)
    expect(await listed(id, 'failed')).toHaveLength(30)
    expect(await webhooks.endpoints.get(id)).toMatchObject({
      ...{ state: 'active', waiting: 0, failed: 30, failing: undefined, failingSince: undefined },
    })
  })

  it('shows what fails while it waits', async () => {
    const { id } = await add()
    respondWith(() => 404)
    await happen('c1', 'c1', 'c2')
    const since = clock.now()
    await deliver()
    expect(await webhooks.endpoints.get(id)).toMatchObject({
      ...{ waiting: 3, failing: { deliveries: 2, since }, failed: 0, reason: { code: 'webhooks.event_refused' } },
    })
  })

  it('loses nothing when it refuses everything for a day, and is disabled after three days without a success', async () => {
    const { id } = await add()
    respondWith(() => 401)
    const ids = await happen('c1', 'c2')
    await pass(DAY_MS, HOUR_MS)
    expect(await listed(id, 'failed')).toEqual([])
    respondWith(() => 200)
    got.length = 0
    await pass(2 * HOUR_MS, HOUR_MS)
    expect(idsOf('/a').toSorted()).toEqual(ids.toSorted())

    respondWith(() => 401)
    await happen('c3')
    await deliver()
    await pass(3 * DAY_MS - HOUR_MS, HOUR_MS)
    expect((await webhooks.endpoints.get(id)).state).toBe('active')
    await pass(3 * HOUR_MS, HOUR_MS)
    expect(await webhooks.endpoints.get(id)).toMatchObject({ state: 'disabled', reason: { code: 'webhooks.given_up' } })
    expect(audited.at(-1)).toEqual({
      ...{ action: 'webhook.disabled', actor: 'postkey', detail: { name: '/a', reason: 'webhooks.given_up' } },
    })
  })

  it('is not disabled for an event that it refused days ago', async () => {
    const { id } = await add()
    const [bad] = await happen('c1')
    respondWith((request) => (request.id === bad ? 400 : 200))
    await deliver()
    await happen('c2')
    await pass(HOUR_MS, MINUTE_MS)
    expect(await listed(id, 'failed')).toHaveLength(1)
    clock.advance(4 * DAY_MS)
    const [next] = await happen('c3')
    respondWith((request) => (request.id === next ? 500 : 200))
    await deliver()
    expect((await webhooks.endpoints.get(id)).state).toBe('active')
  })
})

it('an endpoint finds out that only some events make its receiver fail with 5xx', async () => {
  const { id } = await add()
  const poison = new Set(await happen(...Array.from({ length: 12 }, (_, n) => `bad${n}`)))
  respondWith((request) => (poison.has(request.id) ? 500 : 200))
  await deliver()
  const good = await happen('good1', 'good2')
  await pass(2 * HOUR_MS, MINUTE_MS)
  expect(idsOf('/a')).toEqual(expect.arrayContaining(good))
  expect(await webhooks.endpoints.get(id)).toMatchObject({ state: 'active', waiting: 12 })
})

it('a probe is not always the same delivery', async () => {
  await add()
  const ids = await happen(...Array.from({ length: 10 }, (_, n) => `c${n}`))
  respondWith(() => 500)
  await deliver()
  respondWith(({ id }) => (id === ids[9] ? 200 : 500))
  got.length = 0
  await pass(2 * HOUR_MS, MINUTE_MS)
  expect(idsOf('/a')).toContain(ids[9])
})

it('a busy conversation that fails delays no other, and is given up from its head while more than a thousand wait', async () => {
  const { id } = await add()
  const busy = new Set(await happen('busy'))
  respondWith((request) => (busy.has(request.id) ? 500 : 200))
  await deliver()
  for (let page = 0; page < 3; page++) {
    for (const each of await happen(...Array.from({ length: 335 }, () => 'busy'))) busy.add(each)
    await deliver()
  }
  clock.advance(1000)
  const [other] = await happen('quiet')
  await deliver()
  expect(idsOf('/a')).toContain(other)

  await pass(10 * MINUTE_MS, MINUTE_MS)
  const givenUp = (await listed(id, 'failed')).map(({ eventId }) => String(eventId))
  expect(givenUp).toEqual([...busy].slice(0, 6).toReversed())
  expect(await webhooks.endpoints.get(id)).toMatchObject({ state: 'active', waiting: 1000 })
})

it('keeps deliveries that were given up when many succeed later', async () => {
  const { id } = await add()
  const [bad] = await happen('c')
  respondWith((request) => (request.id === bad ? 400 : 200))
  await deliver()
  await happen('d')
  await pass(HOUR_MS, MINUTE_MS)
  for (let round = 0; round < 12; round++) {
    await happen(...Array.from({ length: 20 }, () => newId()))
    await deliver()
  }
  expect(await listed(id, 'failed')).toHaveLength(1)
})

it('a waiting delivery is dropped when the filter becomes narrower, and is not replayed', async () => {
  const [one, other] = [newId<EmailAccountId>(), newId<EmailAccountId>()]
  const { id } = await add('/a', { emailAccountIds: [one, other] })
  respondWith(() => 500)
  const kept = await happenTo(one, 'c1')
  await happenTo(other, 'c2')
  await deliver()
  const { id: dropped } = (await listed(id, 'waiting'))[0]!
  await webhooks.endpoints.change(id, { emailAccountIds: [one] }, 'person:test')
  await expect(webhooks.deliveries.replayOne(id, dropped, 'person:test')).rejects.toMatchObject({
    code: 'webhooks.event_filtered',
  })
  respondWith(() => 200)
  got.length = 0
  await pass(5 * MINUTE_MS, MINUTE_MS)

  expect(idsOf('/a')).toEqual([kept])
  expect((await webhooks.endpoints.get(id)).waiting).toBe(0)
})

describe('an owner who loses the right', () => {
  it.each([
    ['person:test', 'webhooks.owner_ended'],
    [`api-key:${newId()}`, 'webhooks.key_ended'],
  ])('ends the endpoint with a reason and an audit entry: %s', async (owner, code) => {
    const { id } = await add('/a', {}, owner)
    await happen('c')
    await deliver()
    stage.ended.add(owner)
    const [missed] = await happen('c')
    await deliver()

    expect(got).toHaveLength(1)
    expect(await webhooks.endpoints.get(id)).toMatchObject({ state: 'disabled', reason: { code } })
    expect(audited.at(-1)).toEqual({
      ...{ action: 'webhook.disabled', actor: 'postkey', detail: { name: '/a', reason: code } },
    })

    await webhooks.endpoints.change(id, { state: 'active' }, 'person:other')
    await deliver()
    expect(await webhooks.endpoints.get(id)).toMatchObject({ state: 'active', owner: 'person:other' })
    expect(got.at(-1)!.id).toBe(missed)
  })

  it('gets nothing even while a server delivers', async () => {
    await add()
    const ids = await happen(...Array.from({ length: 150 }, () => newId()))
    respondWith(() => {
      stage.ended.add('person:test')
      return 200
    })
    await deliver()
    expect(got).toHaveLength(100)
    expect(ids).toHaveLength(150)
  })

  it('gets only events of the mailboxes that they may still read', async () => {
    const [one, other] = [newId<EmailAccountId>(), newId<EmailAccountId>()]
    await add()
    stage.setReadable([one])
    const kept = await happenTo(one, 'c1')
    await happenTo(other, 'c2')
    await deliver()
    expect(idsOf('/a')).toEqual([kept])
  })

  it('passes the endpoint to the person who changes where its events go, and never to a key', async () => {
    const { id, url } = await add()
    const change = (changes: object, actor: string) =>
      webhooks.endpoints.change(id, changes, actor).then(({ owner }) => owner)
    expect(await change({ name: 'New' }, 'person:other')).toBe('person:test')
    expect(await change({ state: 'disabled' }, 'person:other')).toBe('person:test')
    await expect(change({ url: `${url}/b` }, 'api-key:1')).rejects.toMatchObject({ code: 'webhooks.not_owner' })
    expect(await change({ url: `${url}/c` }, 'person:other')).toBe('person:other')
  })
})
