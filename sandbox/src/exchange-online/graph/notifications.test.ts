import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../kernel/database.ts'
import { createPaces } from './notifications-pace.ts'
import { ANNA, BEN, fakeClock, mail, SUPPORT } from './graph-test-world.ts'
import {
  createTestWorld,
  HOUR_MS,
  MINUTE_MS,
  type Notification,
  StrictEndpoint,
  type TestWorld,
} from './notifications-test-site.ts'
import { changeTypeFor } from './notifications.ts'
import { registerSubscriptions } from './subscriptions.ts'

describe('a change notification', () => {
  it("has Graph's format and contains the message's default id", async () => {
    const { subscribe, receive, endpoint, settled, tenantId } = await setUp()
    const id = await subscribe({ clientState: 'secret' })
    const message = receive('Hello')
    await settled()

    expect(endpoint.taken).toEqual([
      [
        {
          subscriptionId: id,
          subscriptionExpirationDateTime: '2026-11-03T08:00:00.000Z',
          changeType: 'created',
          resource: `Users/${ANNA}/Messages/${message.restId}`,
          resourceData: {
            '@odata.type': '#Microsoft.Graph.Message',
            '@odata.id': `Users/${ANNA}/Messages/${message.restId}`,
            '@odata.etag': `W/"${message.changeKey}"`,
            id: message.restId,
          },
          clientState: 'secret',
          tenantId,
        },
      ],
    ])
  })

  it("contains the message's immutable id when the subscription requested it", async () => {
    const { subscribe, receive, endpoint, settled } = await setUp()
    await subscribe({}, { headers: { prefer: 'outlook.body-content-type="text", IdType="ImmutableId"' } })
    const message = receive('Hello')
    await settled()
    expect(endpoint.notifications.map(({ resourceData }) => resourceData?.id)).toEqual([message.immutableId])
  })

  it('reports creation, update and deletion, limited to the requested change types', async () => {
    const { subscribe, receive, endpoint, settled, mailStore } = await setUp()
    const ids = {
      all: await subscribe({ changeType: 'created,updated,deleted' }),
      deleted: await subscribe({ changeType: 'deleted' }),
    }
    const { key } = receive('Hello')
    await settled()
    mailStore.updateFlags(key, { isRead: true })
    await settled()
    mailStore.remove(key)
    await settled()

    const told = (id: string) =>
      endpoint.notifications.filter((each) => each.subscriptionId === id).map(({ changeType }) => changeType)
    expect(told(ids.all)).toEqual(['created', 'updated', 'deleted'])
    expect(told(ids.deleted)).toEqual(['deleted'])
  })

  it('is sent for the folder or the whole mailbox, and for no other mailbox', async () => {
    const { subscribe, receive, endpoint, settled, application } = await setUp()
    const inbox = await subscribe({})
    const all = await subscribe({ resource: 'me/messages' })
    const support = await subscribe({ resource: `users/${SUPPORT}/messages` }, { as: application() })
    receive('one', 'archive')
    receive('two', 'inbox')
    receive('three', 'inbox', BEN)
    receive('four', 'inbox', SUPPORT)
    await settled()

    const count = (id: string) => endpoint.notifications.filter((each) => each.subscriptionId === id).length
    expect([inbox, all, support].map(count)).toEqual([1, 2, 1])
  })

  it('reports, for a filter on isRead, messages that begin and cease to match', async () => {
    const { subscribe, receive, endpoint, settled, mailStore } = await setUp()
    await subscribe({
      resource: 'me/messages?$filter=isRead eq false',
      changeType: 'created,updated,deleted',
    })
    const { key } = receive('Hello')
    mailStore.updateFlags(key, { flagStatus: 'flagged' })
    mailStore.updateFlags(key, { isRead: true })
    mailStore.updateFlags(key, { flagStatus: 'complete' })
    mailStore.updateFlags(key, { isRead: false })
    await settled()
    // All are sent after the last change, when the message is unread.
    expect(endpoint.notifications.map(({ changeType }) => changeType)).toEqual([
      'created',
      'updated',
      'created',
      'updated',
      'created',
    ])
  })

  it.each([
    [false, 'created', [], false, 'created'],
    [false, 'created', [], true, undefined],
    [false, 'updated', ['isRead'], true, 'deleted'],
    [false, 'updated', ['isRead'], false, 'created'],
    [false, 'updated', ['subject'], false, 'updated'],
    [false, 'updated', ['subject'], true, undefined],
    [true, 'updated', ['isRead'], true, 'created'],
    [undefined, 'updated', ['isRead'], true, 'updated'],
    [false, 'removed', [], true, undefined],
    [false, 'removed', [], undefined, 'deleted'],
    [undefined, 'removed', [], undefined, 'deleted'],
  ] as const)('for isRead eq %s: %s %j of a message with isRead %s is %s', (filter, kind, properties, isRead, told) => {
    const message = isRead === undefined ? undefined : { isRead }
    expect(changeTypeFor(filter, { kind, properties: [...properties] }, message)).toBe(told)
  })
})

describe('notification delivery', () => {
  it('combines concurrent changes into one POST, a hundred at most', async () => {
    const { subscribe, receive, endpoint, settled } = await setUp()
    await subscribe({})
    for (let i = 0; i < 150; i++) receive(`mail ${i}`)
    await settled()
    expect(endpoint.taken.map((each) => each.length)).toEqual([100, 50])
  })

  it.each([[200], [202], [204]])('treats %i as a success', async (status) => {
    const { subscribe, receive, endpoint, settled, later } = await setUp()
    endpoint.status = status
    await subscribe({})
    receive('Hello')
    await settled()
    await later(5 * HOUR_MS)
    expect(endpoint.notifications).toHaveLength(1)
  })

  it('retries with backoff until the endpoint accepts', async () => {
    const { subscribe, receive, endpoint, settled, later } = await setUp()
    await subscribe({})
    endpoint.answerNext(
      'timeout',
      { status: 503, contentType: '', body: '' },
      { status: 302, contentType: '', body: '' },
    )
    receive('Hello')
    await settled()

    const refusals: number[] = []
    for (const pauseMs of [9_000, 1_000, 19_000, 1_000, 39_000, 1_000]) {
      await later(pauseMs)
      refusals.push(endpoint.refused)
    }
    expect(refusals).toEqual([1, 2, 2, 3, 3, 3])
    expect(endpoint.notifications).toHaveLength(1)
    await later(5 * HOUR_MS)
    expect(endpoint.notifications).toHaveLength(1)
  })

  it('gives up after four hours and sends a lifecycle event', async () => {
    const { subscribe, receive, endpoint, settled, later } = await setUp()
    const lifecycle = new StrictEndpoint()
    endpoint.others.set('http://localhost:3000/lifecycle', lifecycle)
    const id = await subscribe({ lifecycleNotificationUrl: 'http://localhost:3000/lifecycle' })
    endpoint.status = 500
    receive('one')
    receive('two')
    await settled()
    for (let minutes = 0; minutes < 239; minutes++) await later(MINUTE_MS)
    const tries = endpoint.refused
    expect(lifecycle.notifications.filter(isEvent('missed'))).toEqual([])
    expect(tries).toBeGreaterThan(20)

    for (let minutes = 0; minutes < 30; minutes++) await later(MINUTE_MS)
    expect(endpoint.refused - tries).toBeLessThanOrEqual(1)
    expect(lifecycle.notifications.filter(isEvent('missed'))).toMatchObject([{ subscriptionId: id }])

    endpoint.status = 202
    receive('three')
    await settled()
    expect(endpoint.notifications).toHaveLength(1)
  })

  it('neither delays nor affects mail, whatever the endpoint does', async () => {
    const { subscribe, receive, endpoint, settled, mailStore, reported } = await setUp()
    await subscribe({})
    endpoint.answerNext('unreachable')
    const { key } = receive('Hello')
    expect(mailStore.messageByKey(key)).toBeDefined()
    await settled()
    expect(reported).toEqual([])
  })

  it('loses no notification in a restart', async () => {
    const database = openDatabase(':memory:')
    const clock = fakeClock()
    const before = await setUp(createTestWorld(database, clock))
    await before.subscribe({})
    before.endpoint.status = 500
    before.receive('one')
    await before.settled()
    before.receive('two')
    // Stopped before the second one is sent.
    await Promise.resolve()
    await before.site.close()

    const after = await setUp(createTestWorld(database, clock))
    await after.settled()
    expect(after.endpoint.notifications).toHaveLength(1)
    await after.later(10_000)
    expect(after.endpoint.notifications).toHaveLength(2)
  })

  it('resends right after a restart what the stop aborted', async () => {
    const database = openDatabase(':memory:')
    const clock = fakeClock()
    const before = await setUp(createTestWorld(database, clock))
    await before.subscribe({})
    const underway = before.endpoint.hangNext()
    before.receive('Hello')
    await underway
    await before.site.close()

    const after = await setUp(createTestWorld(database, clock))
    await after.settled()
    expect(after.endpoint.notifications).toHaveLength(1)
  })

  it('queues a single missed event at a time', async () => {
    const { subscribe, receive, endpoint, settled, later } = await setUp()
    const lifecycle = new StrictEndpoint()
    endpoint.others.set('http://localhost:3000/lifecycle', lifecycle)
    await subscribe({ lifecycleNotificationUrl: 'http://localhost:3000/lifecycle' })
    endpoint.status = 500
    lifecycle.status = 500
    receive('one')
    await settled()
    await later(HOUR_MS)
    receive('two')
    await settled()
    for (let i = 0; i < 40; i++) await later(10 * MINUTE_MS)
    lifecycle.status = 202
    for (let i = 0; i < 2; i++) await later(10 * MINUTE_MS)
    expect(lifecycle.notifications.filter(isEvent('missed'))).toHaveLength(1)
  })

  it('delivers each change once, whatever fails on the way', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('mail', 'fail', 'hang', 'wait'), { minLength: 1, maxLength: 30 }),
        async (steps) => {
          const { subscribe, receive, endpoint, settled, later } = await setUp()
          await subscribe({})
          const sent: string[] = []
          for (const [i, step] of steps.entries()) {
            if (step === 'mail') sent.push(receive(`mail ${i}`).restId)
            if (step === 'fail') endpoint.answerNext({ status: 500, contentType: '', body: '' })
            if (step === 'hang') endpoint.answerNext('timeout')
            if (step === 'wait') await later(20_000)
          }
          await settled()
          for (let i = 0; i < 20; i++) await later(10 * MINUTE_MS)
          expect(endpoint.notifications.map(({ resourceData }) => resourceData?.id).sort()).toEqual(sent.sort())
        },
      ),
      { numRuns: 40 },
    ))
})

describe('a slow endpoint', () => {
  it('is delayed from 10 % slow responses and dropped from 15 %, for the rest of the ten minutes', () => {
    const paces = createPaces()
    paces.record('a', 0, 89, 2900)
    paces.record('a', 0, 10, 2901)
    expect(paces.of('a', 1)).toBe('normal')
    paces.record('a', 1, 1, 2900)
    expect(paces.of('a', 1)).toBe('delayed')
    paces.record('a', 2, 6, 3000)
    expect(paces.of('a', 2)).toBe('dropped')
    expect(paces.of('b', 2)).toBe('normal')
    expect(paces.of('a', 10 * MINUTE_MS)).toBe('normal')
  })
})

describe("a subscription's lifecycle", () => {
  it('includes one warning 15 minutes before the access token expires, and one before the subscription expires', async () => {
    const { subscribe, endpoint, later } = await setUp()
    const id = await subscribe({ ...WITH_LIFECYCLE, clientState: 'secret', expirationDateTime: '2026-11-02T11:00:00Z' })
    await later(60 * MINUTE_MS - 1)
    expect(endpoint.notifications).toEqual([])

    await later(1)
    expect(endpoint.notifications).toEqual([
      {
        subscriptionId: id,
        subscriptionExpirationDateTime: '2026-11-02T11:00:00.000Z',
        tenantId: expect.any(String) as string,
        clientState: 'secret',
        lifecycleEvent: 'reauthorizationRequired',
      },
    ])
    for (let i = 0; i < 104; i++) await later(MINUTE_MS)
    expect(endpoint.notifications).toHaveLength(1)
    await later(MINUTE_MS)
    expect(endpoint.notifications.map(({ lifecycleEvent }) => lifecycleEvent)).toEqual(
      Array(2).fill('reauthorizationRequired'),
    )
  })

  it('continues with a new token after a reauthorization, without a warning for the old one', async () => {
    const { subscribe, endpoint, later, ask } = await setUp()
    const id = await subscribe(WITH_LIFECYCLE)
    await later(50 * MINUTE_MS)
    expect((await ask('POST', `/v1.0/subscriptions/${id}/reauthorize`)).statusCode).toBe(204)
    await later(59 * MINUTE_MS)
    expect(endpoint.notifications).toEqual([])
    await later(MINUTE_MS)
    expect(endpoint.notifications).toHaveLength(1)
  })

  it('causes no loop with a client that reauthorizes at each warning', async () => {
    const { subscribe, endpoint, later, ask } = await setUp()
    const id = await subscribe({ ...WITH_LIFECYCLE, expirationDateTime: '2026-11-02T08:45:00Z' })
    let answered = 0
    for (let minutes = 0; minutes < 44; minutes++) {
      await later(MINUTE_MS)
      if (endpoint.notifications.length > answered) {
        answered++
        await ask('POST', `/v1.0/subscriptions/${id}/reauthorize`)
      }
    }
    expect(answered).toBe(1)
  })

  it('ends with subscriptionRemoved, and then sends no notifications', async () => {
    const { subscribe, receive, endpoint, settled, later } = await setUp()
    await subscribe({ ...WITH_LIFECYCLE, expirationDateTime: '2026-11-02T09:00:00Z' })
    for (let minutes = 0; minutes < 60; minutes++) await later(MINUTE_MS)
    receive('too late')
    await settled()
    expect(endpoint.notifications.map((each) => each.lifecycleEvent ?? each.changeType)).toEqual([
      'reauthorizationRequired',
      'subscriptionRemoved',
    ])
  })

  it.each<[string, (world: TestWorld) => void]>([
    [
      'the consent is withdrawn',
      ({ directory: { consents }, client }) => {
        for (const { id } of consents.listGrants(client.id)) consents.removeGrant(id)
      },
    ],
    ['the person is disabled', ({ directory: { people } }) => people.updateUser(ANNA, { accountEnabled: false })],
    [
      'the person is signed out everywhere',
      ({ directory: { people }, clock }) => people.updateUser(ANNA, { tokensValidFrom: clock.now().getTime() + 1 }),
    ],
  ])('ends at the next change after %s', async (_cause, revoke) => {
    // prettier-ignore
    const { subscribe, receive, endpoint, settled, ask, ...world } = await setUp()
    const id = await subscribe(WITH_LIFECYCLE)
    revoke(world as unknown as TestWorld)
    receive('secret')
    await settled()
    expect(endpoint.notifications.map((each) => each.lifecycleEvent ?? each.changeType)).toEqual([
      'subscriptionRemoved',
    ])
    expect((await ask('GET', `/v1.0/subscriptions/${id}`)).statusCode).toBe(404)
  })

  it('ends within 15 minutes without a change, too; for an application, when its role is removed', async () => {
    const { subscribe, endpoint, later, directory, client, application } = await setUp()
    const id = await subscribe({ ...WITH_LIFECYCLE, resource: `users/${BEN}/messages` }, { as: application() })
    for (const each of directory.consents.listAppRoleAssignments(client.id)) {
      directory.consents.removeAppRoleAssignment(each.id)
    }
    await later(15 * MINUTE_MS)
    expect(endpoint.notifications).toMatchObject([{ subscriptionId: id, lifecycleEvent: 'subscriptionRemoved' }])
  })

  it('discards queued notifications when the subscription is revoked', async () => {
    const { subscribe, receive, endpoint, settled, later, directory } = await setUp()
    await subscribe(WITH_LIFECYCLE)
    endpoint.status = 500
    receive('Hello')
    await settled()
    directory.people.updateUser(ANNA, { accountEnabled: false })
    endpoint.status = 202
    await later(HOUR_MS)
    expect(endpoint.notifications.map((each) => each.lifecycleEvent ?? each.changeType)).toEqual([
      'subscriptionRemoved',
    ])
  })

  it('has one scheduled check at a time, however often it is reauthorized', async () => {
    const { subscribe, later, ask, database } = await setUp()
    const id = await subscribe({})
    for (let i = 0; i < 5; i++) await ask('POST', `/v1.0/subscriptions/${id}/reauthorize`)
    await later(16 * MINUTE_MS)
    await later(16 * MINUTE_MS)
    expect(database.get('SELECT count(*) AS count FROM deferred_work')).toEqual({ count: 1 })
  })

  it('ends silently when the owner deletes the subscription, and discards queued notifications', async () => {
    const { subscribe, receive, endpoint, settled, later, ask } = await setUp()
    const id = await subscribe(WITH_LIFECYCLE)
    endpoint.status = 500
    receive('Hello')
    await settled()
    await ask('DELETE', `/v1.0/subscriptions/${id}`)
    endpoint.status = 202
    await later(HOUR_MS)
    expect(endpoint.notifications).toEqual([])
  })
})

const WITH_LIFECYCLE = { lifecycleNotificationUrl: 'http://localhost:3000/hook' }
const isEvent = (event: string) => (each: Notification) => each.lifecycleEvent === event

async function setUp(world = createTestWorld()) {
  const endpoint = new StrictEndpoint()
  const { settled: allSent } = registerSubscriptions(world.site, { ...world.deps, post: endpoint.post })
  await world.site.ready()

  /** The store emits changes in a microtask after they are made. */
  const settled = async () => {
    await Promise.resolve()
    await allSent()
  }
  const later = async (ms: number) => {
    world.clock.move(ms)
    await world.deferred.runDue()
    await settled()
  }
  async function subscribe(
    changes: object,
    options: { as?: ReturnType<TestWorld['person']>; headers?: Record<string, string> } = {},
  ) {
    const body = {
      changeType: 'created',
      notificationUrl: 'http://localhost:3000/hook',
      resource: "/me/mailFolders('inbox')/messages",
      expirationDateTime: '2026-11-03T08:00:00Z',
      ...changes,
    }
    const answer = await world.ask('POST', '/v1.0/subscriptions', { ...options, body })
    expect(answer.statusCode).toBe(201)
    return answer.json().id
  }
  const receive = (subject: string, folder: 'inbox' | 'archive' = 'inbox', mailboxId = ANNA) =>
    world.mailStore.append(mailboxId, world.mailStore.wellKnownFolder(mailboxId, folder).id, mail(subject), [])
  return { ...world, endpoint, settled, later, subscribe, receive }
}
