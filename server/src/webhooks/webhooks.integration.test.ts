import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createEvents } from '../events/index.ts'
import { createDialGuard } from '../kernel/dial-guard.ts'
import { createEgress } from '../kernel/egress.ts'
import { newId, type ApiKeyId, type EmailAccountId } from '../kernel/ids.ts'
import { createKeyRing } from '../kernel/key-ring.ts'
import { toWireEvent } from '../events/index.ts'
import { createTestClock, silentLog, testDatabase } from '../../test/kit/index.ts'
import { createWebhooks, signDelivery } from './index.ts'
import { PREVIOUS_VALID_MS } from './secrets.ts'

const database = await testDatabase()
await database.pool.query(`INSERT INTO encryption_keys (key_id, check_value, created_at) VALUES ('stored', '', now())`)
const clock = createTestClock()
const events = createEvents(database)
type Got = { path: string; id: string; headers: IncomingHttpHeaders; body: string }
const got: Got[] = []
let respond: (request: Got) => number | Promise<number> = () => 200
const receiver = createServer((request, response) => {
  void text(request).then(async (body) => {
    const one = { path: request.url!, id: String(request.headers['webhook-id']), headers: request.headers, body }
    const status = await respond(one)
    got.push(one)
    response.writeHead(status).end('thanks')
  })
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const { port } = receiver.address() as AddressInfo
const dialGuard = createDialGuard({ declared: new Set([`127.0.0.1:${port}`]) })
const egress = createEgress({ allowPrivate: () => false, ownNetwork: (origin) => dialGuard.isDeclaredOrigin(origin) })
const incidents: string[] = []
let workingKeys: ApiKeyId[] = []
const create = () => {
  const webhooks = createWebhooks({
    ...{ database, clock, events, egress, dialGuard, log: silentLog, random: () => 1 },
    audit: { record: () => Promise.resolve() },
    keyRing: createKeyRing([{ id: 'stored', key: Buffer.alloc(32, 7) }], 'stored'),
  })
  webhooks.connect({
    present: (found) => Promise.resolve(found.map(toWireEvent)),
    workingKeys: () => Promise.resolve(new Set(workingKeys)),
    incident: {
      open: ({ detail }) => Promise.resolve(void incidents.push(`open: ${detail}`)),
      end: () => Promise.resolve(void incidents.push('end')),
    },
  })
  return webhooks
}
const webhooks = create()
const deliver = () => webhooks.service.deliver()
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

beforeEach(async () => {
  await database.pool.query('TRUNCATE webhook_endpoints CASCADE')
  got.length = 0
  incidents.length = 0
  workingKeys = []
  respond = () => 200
})
afterAll(async () => {
  await webhooks.service.stop()
  receiver.closeAllConnections()
  receiver.close()
  await egress.close()
  await events.close()
})

async function add(path = '/a', more: object = {}, actor = 'person:test') {
  const { endpoint, secret } = await webhooks.endpoints.add(
    { name: path, url: `http://127.0.0.1:${port}${path}`, ...more },
    actor,
  )
  return { ...endpoint, secret }
}

/** Appends one event for each conversation named. Returns their ids, as texts. */
async function happen(...conversationIds: string[]): Promise<string[]> {
  const after = await events.position()
  const happened = conversationIds.map((conversationId) => ({
    kind: 'message.removed' as const,
    subjectId: newId(),
    payload: { conversationId },
    at: clock.now(),
  }))
  await database.transaction((tx) => events.appendAll(tx, happened))
  return (await events.list({ emailAccountIds: 'all', after, limit: 500 })).events.map(({ id }) => String(id))
}

const idsOf = (path: string) => got.filter((each) => each.path === path).map(({ id }) => id)

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
    respond = ({ id }) => (id === first ? 500 : 200)
    await deliver()
    expect(idsOf('/a').toSorted()).toEqual([first, other].toSorted())
    const [third] = await happen('c1')
    await deliver()

    respond = () => 200
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
    respond = () => 410
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

    respond = () => 200
    await webhooks.endpoints.change(id, { state: 'active' }, 'person:test')
    clock.advance(MINUTE_MS)
    await deliver()
    expect(idsOf('/a')).toEqual([first, first, second])
    expect(incidents).toEqual([expect.anything(), 'end'])
  })

  it('is tried rarely while it fails, with a single delivery, and disabled after three days', async () => {
    const { id } = await add()
    respond = () => 503
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
    respond = () => 200
    got.length = 0
    await webhooks.endpoints.change(id, { state: 'active' }, 'person:test')
    clock.advance(DAY_MS)
    await deliver()
    expect(new Set(idsOf('/a')).size).toBe(40)
  })

  it('ends with the API key that created it', async () => {
    const keyId = newId<ApiKeyId>()
    workingKeys = [keyId]
    const { id } = await add('/a', {}, `api-key:${keyId}`)
    await happen('c')
    await deliver()
    workingKeys = []
    await happen('c')
    await deliver()

    expect(got).toHaveLength(1)
    expect(await webhooks.endpoints.get(id)).toMatchObject({
      state: 'disabled',
      reason: { code: 'webhooks.key_ended' },
    })
  })

  it('is not delayed by a slow one', async () => {
    let release = () => {}
    const slow = new Promise<number>((resolve) => (release = () => resolve(200)))
    respond = ({ path }) => (path === '/slow' ? slow : 200)
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
