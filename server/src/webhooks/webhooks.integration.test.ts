import { describe, expect, it } from 'vitest'
import { newId, type EmailAccountId } from '../kernel/ids.ts'
import { createWebhookStage, DAY_MS, MINUTE_MS } from '../../test/kit/index.ts'
import { signDelivery } from './index.ts'
import { PREVIOUS_VALID_MS } from './secrets.ts'

const { database, clock, events, webhooks, create, deliver, add, happen, idsOf, got, incidents, respondWith } =
  await createWebhookStage()

describe('a webhook', () => {
  it('gets each event once, signed, from the moment of its creation', async () => {
    await happen('before')
    const { secret } = await add()
    const ids = await happen('c1', 'c2', 'c1')
    await deliver()
    await deliver()

    expect(idsOf('/a').toSorted()).toEqual(ids.toSorted())
    const { headers, body, id } = got[0]!
    expect(JSON.parse(body)).toMatchObject({ id: Number(id), kind: 'message.removed', data: { conversationId: 'c1' } })
    expect(headers['webhook-signature']).toBe(signDelivery(secret, id, String(headers['webhook-timestamp']), body))
  })

  it('gets only its kinds and mailboxes', async () => {
    const account = newId<EmailAccountId>()
    await add('/kinds', { kinds: ['folder.*'] })
    await add('/account', { emailAccountIds: [account] })
    const at = clock.now()
    await database.transaction((tx) =>
      events.appendAll(tx, [
        { kind: 'folder.removed', subjectId: 'f', payload: { name: 'F' }, at },
        { kind: 'message.removed', emailAccountId: account, subjectId: 'm', payload: { conversationId: 'c' }, at },
        { kind: 'tag.created', subjectId: 't', payload: { by: 'person:x' }, at },
      ]),
    )
    await deliver()

    expect(got.map(({ path, body }) => [path, (JSON.parse(body) as { kind: string }).kind]).toSorted()).toEqual([
      ['/account', 'message.removed'],
      ['/kinds', 'folder.removed'],
    ])
  })

  it('gets the events of a conversation in order, also after a failure, while others go on', async () => {
    await add()
    const [first, second, other] = await happen('c1', 'c1', 'c2')
    respondWith(({ id }) => (id === first ? 500 : 200))
    await deliver()
    expect(idsOf('/a').toSorted()).toEqual([first, other].toSorted())
    const [third] = await happen('c1')
    await deliver()

    respondWith(() => 200)
    clock.advance(MINUTE_MS)
    await deliver()

    expect(idsOf('/a').filter((id) => id !== other)).toEqual([first, first, second, third])
  })

  it('accepts signatures of both secrets for a day after a rotation', async () => {
    const { id, secret: old } = await add()
    const { secret } = await webhooks.endpoints.rotate(id, 'person:test')
    const signatures = async () => {
      await happen('c')
      await deliver()
      const { headers, body, id: eventId } = got.at(-1)!
      const sign = (by: typeof secret) => signDelivery(by, eventId, String(headers['webhook-timestamp']), body)
      const given = String(headers['webhook-signature']).split(' ')
      return [given.includes(sign(secret)), given.includes(sign(old)), given.length]
    }

    expect(await signatures()).toEqual([true, true, 2])
    clock.advance(PREVIOUS_VALID_MS)
    expect(await signatures()).toEqual([true, false, 1])
  })

  it('is disabled by the answer 410, with an incident, and continues where it stopped', async () => {
    const { id } = await add()
    respondWith(() => 410)
    const [first] = await happen('c')
    await deliver()
    await deliver()
    expect(await webhooks.endpoints.get(id)).toMatchObject({
      ...{ state: 'disabled', reason: { code: 'webhooks.endpoint_gone' } },
    })
    expect(incidents).toEqual([expect.stringMatching(/^open: The receiver wants no more/)])
    const [second] = await happen('c')
    await deliver()
    expect(idsOf('/a')).toEqual([first])

    respondWith(() => 200)
    await webhooks.endpoints.change(id, { state: 'active' }, 'person:test')
    clock.advance(MINUTE_MS)
    await deliver()
    expect(idsOf('/a')).toEqual([first, first, second])
    expect(incidents).toEqual([expect.anything(), 'end'])
  })

  it('is tried rarely while it fails, with a single delivery, and disabled after three days', async () => {
    const { id } = await add()
    respondWith(() => 503)
    await happen(...Array.from({ length: 40 }, (_, n) => `c${n}`))
    for (let hour = 0; hour < 72; hour++) {
      await deliver()
      clock.advance(60 * MINUTE_MS)
    }
    expect(got.length).toBeLessThan(120)
    expect((await webhooks.endpoints.get(id)).state).toBe('active')
    await deliver()
    await deliver()

    expect(await webhooks.endpoints.get(id)).toMatchObject({ state: 'disabled', reason: { code: 'webhooks.given_up' } })
    expect(incidents).toHaveLength(1)
    respondWith(() => 200)
    got.length = 0
    await webhooks.endpoints.change(id, { state: 'active' }, 'person:test')
    clock.advance(DAY_MS)
    await deliver()
    expect(new Set(idsOf('/a')).size).toBe(40)
  })

  it('is not delayed by a slow one', async () => {
    let release = () => {}
    const slow = new Promise<number>((resolve) => (release = () => resolve(200)))
    respondWith(({ path }) => (path === '/slow' ? slow : 200))
    await add('/slow')
    await add('/quick')
    const ids = await happen('c1', 'c2')
    const delivered = deliver()
    await expect.poll(() => idsOf('/quick').length).toBe(2)
    expect(idsOf('/slow')).toEqual([])
    release()
    await delivered
    expect(idsOf('/slow').toSorted()).toEqual(ids.toSorted())
  })

  it('gets an event from one of several servers', async () => {
    await add()
    const others = [create(), create()]
    const ids = await happen('c1', 'c2', 'c3')
    await Promise.all([deliver(), ...others.map(({ service }) => service.deliver())])
    expect(idsOf('/a').toSorted()).toEqual(ids.toSorted())
  })
})

describe('deliveries', () => {
  it('are listed with answer and latency, bounded, and replayed with the same id', async () => {
    const { id } = await add()
    const [eventId] = await happen('c')
    await deliver()
    const { deliveries } = await webhooks.deliveries.list(id, { limit: 10 })
    expect(deliveries).toMatchObject([{ eventId: Number(eventId), state: 'delivered', answer: 'HTTP 200: thanks' }])
    expect(deliveries[0]!.latencyMs).toBeGreaterThanOrEqual(0)
    expect(await webhooks.deliveries.get(id, deliveries[0]!.id)).toMatchObject({ request: { webhookId: eventId } })

    await webhooks.deliveries.replayOne(id, deliveries[0]!.id, 'person:test')
    await deliver()
    expect(idsOf('/a')).toEqual([eventId, eventId])
    for (let round = 0; round < 15; round++) {
      await happen(...Array.from({ length: 20 }, () => newId()))
      await deliver()
    }
    expect((await webhooks.deliveries.list(id, { limit: 500 })).deliveries).toHaveLength(200)
  })

  it('are replayed for a span of events or of time', async () => {
    const { id } = await add()
    const [one] = await happen('c')
    clock.advance(MINUTE_MS)
    const from = clock.now()
    const [two] = await happen('c')
    clock.advance(MINUTE_MS)
    const to = clock.now()
    const [three] = await happen('c')
    await deliver()

    await webhooks.deliveries.replay(id, { after: Number(one) }, 'person:test')
    await expect(webhooks.deliveries.replay(id, { after: 0 }, 'person:test')).rejects.toMatchObject({
      code: 'webhooks.replay_running',
    })
    await deliver()
    await webhooks.deliveries.replay(id, { from, to }, 'person:test')
    await deliver()

    expect(idsOf('/a')).toEqual([one, two, three, two, three, two])
  })
})
