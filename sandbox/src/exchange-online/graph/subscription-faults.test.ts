import { describe, expect, it } from 'vitest'
import { ANNA, mail } from './graph-test-world.ts'
import { createTestWorld, MINUTE_MS, StrictEndpoint } from './notifications-test-site.ts'
import { registerSubscriptions } from './subscriptions.ts'

const ANNAS = { mailbox: 'anna@contoso.example' }
const BENS = { mailbox: 'ben@contoso.example' }

describe('a subscription fault', () => {
  it('removes subscriptions: they are unknown, send nothing, and can be created again', async () => {
    const { create, ask, faults, clock, receive, settled, endpoint } = await setUp()
    const { id } = (await create()).json()
    clock.move(1000)
    const other = faults.switchOn('subscription-lost', BENS)
    expect((await ask('GET', `/v1.0/subscriptions/${id}`)).statusCode).toBe(200)
    const lost = faults.switchOn('subscription-lost', ANNAS)
    clock.move(1000)

    const renewal = { expirationDateTime: '2026-11-03T09:00:00Z' }
    const answers = [
      await ask('GET', `/v1.0/subscriptions/${id}`),
      await ask('PATCH', `/v1.0/subscriptions/${id}`, { body: renewal }),
      await ask('DELETE', `/v1.0/subscriptions/${id}`),
    ]
    expect(answers.map((answer) => [answer.statusCode, answer.json().error.code])).toEqual(
      Array(3).fill([404, 'ResourceNotFound']),
    )
    expect((await ask('GET', '/v1.0/subscriptions')).json().value).toEqual([])
    receive('Hello')
    await settled()
    expect(endpoint.notifications).toEqual([])
    const calls = faults.callsOf(lost.id).map(({ call }) => call.split(' ')[0])
    expect(calls).toEqual(['GET', 'PATCH', 'DELETE', 'notification'])
    expect(faults.callsOf(other.id)).toEqual([])

    const next = await create()
    expect(next.statusCode).toBe(201)
    expect((await ask('GET', `/v1.0/subscriptions/${next.json().id}`)).statusCode).toBe(200)
    receive('Hello again')
    await settled()
    expect(endpoint.notifications.map(({ subscriptionId }) => subscriptionId)).toEqual([next.json().id])
  })

  it.each([
    ['mailbox-unlicensed', 'MailboxNotEnabledForRESTAPI'],
    ['mailbox-gone', 'ErrorInvalidUser'],
  ])('%s refuses new subscriptions', async (fault, code) => {
    const { create, faults } = await setUp()
    faults.switchOn(fault, ANNAS)
    const answer = await create()
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, code])
  })
})

describe('a notification fault', () => {
  it.each([
    ['notifications-dropped', 0],
    ['notifications-duplicated', 2],
    ['client-state-wrong', 1],
  ])('%s: a change is sent %i times', async (fault, times) => {
    const { create, faults, receive, settled, endpoint } = await setUp()
    await create()
    faults.switchOn(fault, BENS)
    receive('before')
    await settled()
    expect(endpoint.notifications.map(({ clientState }) => clientState)).toEqual(['the state'])

    const { id } = faults.switchOn(fault, ANNAS)
    receive('during')
    await settled()
    expect(endpoint.notifications).toHaveLength(1 + times)
    const states = new Set(endpoint.notifications.slice(1).map(({ clientState }) => clientState))
    expect([...states]).toEqual(
      fault === 'client-state-wrong' ? ['not-what-the-client-said'] : times === 0 ? [] : ['the state'],
    )
    expect(faults.callsOf(id).map(({ call }) => call)).toEqual(['notification created'])
    faults.switchOff(id)
    receive('after')
    await settled()
    expect(endpoint.notifications).toHaveLength(2 + times)
  })

  it('notifications-delayed: a change is sent with the delay', async () => {
    const { create, faults, receive, settled, later, endpoint } = await setUp()
    await create()
    faults.switchOn('notifications-delayed', ANNAS, { seconds: 600 })
    receive('Hello')
    await settled()
    await later(599_000)
    expect(endpoint.notifications).toEqual([])
    await later(2000)
    expect(endpoint.notifications).toHaveLength(1)
  })
})

describe('a lifecycle fault', () => {
  it.each([
    ['lifecycle-missed', 'missed', 200],
    ['lifecycle-reauthorization-required', 'reauthorizationRequired', 200],
    ['lifecycle-subscription-removed', 'subscriptionRemoved', 404],
  ])('%s sends its event once, when it is switched on, to the affected subscriptions', async (fault, event, status) => {
    const { create, ask, faults, settled, later, endpoint } = await setUp()
    const { id } = (await create()).json()
    faults.switchOn(fault, BENS)
    await settled()
    expect(endpoint.notifications).toEqual([])

    const on = faults.switchOn(fault, ANNAS)
    await settled()
    await later(MINUTE_MS)
    expect(endpoint.notifications).toEqual([
      expect.objectContaining({ subscriptionId: id, lifecycleEvent: event, clientState: 'the state' }),
    ])
    expect(faults.callsOf(on.id)).toHaveLength(1)
    expect((await ask('GET', `/v1.0/subscriptions/${id}`)).statusCode).toBe(status)
  })
})

async function setUp() {
  const world = createTestWorld()
  const endpoint = new StrictEndpoint()
  const { settled: allSent } = registerSubscriptions(world.site, { ...world.deps, post: endpoint.post })
  await world.site.ready()
  /** The store emits changes in a microtask after they are made. */
  const settled = async () => {
    await Promise.resolve()
    await allSent()
  }
  const body = {
    changeType: 'created',
    notificationUrl: 'http://localhost:3000/hook',
    lifecycleNotificationUrl: 'http://localhost:3000/hook',
    resource: "/me/mailFolders('inbox')/messages",
    expirationDateTime: '2026-11-03T08:00:00Z',
    clientState: 'the state',
  }
  return {
    ...world,
    endpoint,
    settled,
    create: () => world.ask('POST', '/v1.0/subscriptions', { body }),
    later: async (ms: number) => {
      world.clock.move(ms)
      await world.deferred.runDue()
      await settled()
    },
    receive: (subject: string) => {
      const { id } = world.mailStore.wellKnownFolder(ANNA, 'inbox')
      return world.mailStore.append(ANNA, id, mail(subject), [])
    },
  }
}
