/** Links, assignments and permissions of people after they lost their rights. */
import { describe, expect, it } from 'vitest'
import type { EmailAccountId, PersonId } from '../../kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const admin = await person('admin')
const { cloudProviderId } = await storeEmailAccount(database, clock)

const WISH = { cloud: 'nowhere', accountTypes: 'single-tenant', receives: 'graph', sends: 'graph', kinds: ['user'] }

const WAYS: [string, (id: PersonId) => ReturnType<typeof ask>][] = [
  ['removed', (id) => ask(`DELETE /v1/people/${id}`, { as: admin })],
  ['demoted', (id) => ask(`PUT /v1/people/${id}/role`, { as: admin, body: { role: 'agent' } })],
]

describe.each(WAYS)('an admin who is %s', (_how, lose) => {
  it('has no valid links left, neither for a sign-in at Microsoft nor for a registration', async () => {
    const leaving = await person('admin')
    const links = []
    for (const [index, as] of [leaving, admin].entries()) {
      const body = { cloudProviderId, kind: 'sign-in', requestedAddress: `mailbox${index}@contoso.example` }
      const signIn = await ask('POST /v1/sign-in-links', { as, body })
      const workOrder = await ask('POST /v1/work-orders', { as, body: WISH })
      links.push({ signIn: tokenOf(signIn.body), workOrder: tokenOf(workOrder.body) })
    }
    const [theirs, ours] = links as [(typeof links)[0], (typeof links)[0]]

    expect((await lose(leaving.id)).status).toBeLessThan(300)

    expect(await ask('POST /v1/sign-in-links/preview', { body: { token: theirs.signIn } })).toMatchObject({
      body: { code: 'tokens.sign_in_link_over' },
    })
    expect(await ask('POST /v1/work-orders/preview', { body: { token: theirs.workOrder } })).toMatchObject({
      body: { code: 'cloud_providers.work_order_over' },
    })
    expect((await ask('POST /v1/sign-in-links/preview', { body: { token: ours.signIn } })).status).toBe(200)
    expect((await ask('POST /v1/work-orders/preview', { body: { token: ours.workOrder } })).status).toBe(200)
  })
})

describe('assigned conversations', () => {
  it.each<[string, (id: PersonId, kept: EmailAccountId) => ReturnType<typeof ask>]>([
    [
      'who lost the mailbox',
      (id, kept) => ask(`PUT /v1/people/${id}/memberships`, { as: admin, body: { emailAccountIds: [kept] } }),
    ],
    ['who was removed', (id) => ask(`DELETE /v1/people/${id}`, { as: admin })],
  ])('become unassigned with an event for all, for a person %s', async (how, lose) => {
    const [lost, kept] = [await storeEmailAccount(database, clock), await storeEmailAccount(database, clock)]
    const agent = await person('agent', [lost.id, kept.id])
    const [open, closed, elsewhere] = [
      await assigned(lost.id, agent.id),
      await assigned(lost.id, agent.id),
      await assigned(kept.id, agent.id),
    ]
    const others = await assigned(lost.id, admin.id)
    await rooms.conversations.team.close(closed, 'test')
    const after = (await rooms.events.list({ emailAccountIds: [lost.id] })).events.at(-1)!.id

    expect((await lose(agent.id, kept.id)).status).toBeLessThan(300)

    const assignees = await Promise.all(
      [open, closed, elsewhere, others].map(async (id) => (await rooms.conversations.reading.find(id))?.assigneeId),
    )
    const keeps = how === 'who lost the mailbox'
    expect(assignees).toEqual([undefined, agent.id, keeps ? agent.id : undefined, admin.id])
    const { events } = await rooms.events.list({ emailAccountIds: [lost.id], after })
    expect(events.filter(({ kind }) => kind === 'conversation.assigned')).toMatchObject([
      { subjectId: open, payload: { conversationId: open, assigneeId: null, by: `person:${admin.id}` } },
    ])
  })

  it('become unassigned for a former admin in mailboxes without access as an agent', async () => {
    const account = await storeEmailAccount(database, clock)
    const leaving = await person('admin')
    const conversation = await assigned(account.id, leaving.id)
    await ask(`PUT /v1/people/${leaving.id}/memberships`, { as: admin, body: { emailAccountIds: [] } })
    expect((await rooms.conversations.reading.find(conversation))?.assigneeId).toBe(leaving.id)

    await ask(`PUT /v1/people/${leaving.id}/role`, { as: admin, body: { role: 'agent' } })

    expect((await rooms.conversations.reading.find(conversation))?.assigneeId).toBeUndefined()
  })
})

let number = 0

async function assigned(accountId: EmailAccountId, to: PersonId) {
  const account = { id: accountId, address: 'us@contoso.example', createdAt: clock.now() }
  const filed = await database.transaction((tx) =>
    rooms.conversations.filing.file(tx, account, customerMessage(clock, ++number)),
  )
  await rooms.conversations.team.assign(filed!.conversationId, to, 'test')
  return filed!.conversationId
}

function tokenOf(body: unknown): string {
  return new URL((body as { url: string }).url).hash.slice(1)
}
