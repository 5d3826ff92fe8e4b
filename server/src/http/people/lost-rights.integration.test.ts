/** What people have made, were given and look at, once they may no more. */
import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../kernel/ids.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../test-kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person } = await createTestApp(database, clock)
const admin = await person('admin')
const { cloudProviderId } = await storeEmailAccount(database, clock)

const WISH = { cloud: 'nowhere', accountTypes: 'single-tenant', receives: 'graph', sends: 'graph', kinds: ['user'] }

const WAYS: [string, (id: PersonId) => ReturnType<typeof ask>][] = [
  ['removed', (id) => ask(`DELETE /v1/people/${id}`, { as: admin })],
  ['demoted', (id) => ask(`PUT /v1/people/${id}/role`, { as: admin, body: { role: 'agent' } })],
]

describe.each(WAYS)('an admin who is %s', (_how, lose) => {
  it('has given out no link any more, be it to sign in at Microsoft or to register the application', async () => {
    const leaving = await person('admin')
    const links = []
    for (const as of [leaving, admin]) {
      const signIn = await ask('POST /v1/sign-in-links', { as, body: { cloudProviderId, kind: 'sign-in' } })
      const workOrder = await ask('POST /v1/work-orders', { as, body: WISH })
      links.push({ signIn: tokenOf(signIn.body), workOrder: tokenOf(workOrder.body) })
    }
    const [theirs, ours] = links as [(typeof links)[0], (typeof links)[0]]

    expect((await lose(leaving.id)).status).toBeLessThan(300)

    expect(await ask('POST /v1/sign-in-links/look', { body: { token: theirs.signIn } })).toMatchObject({
      body: { code: 'tokens.sign_in_link_over' },
    })
    expect(await ask('POST /v1/work-orders/look', { body: { token: theirs.workOrder } })).toMatchObject({
      body: { code: 'cloud_providers.work_order_over' },
    })
    expect((await ask('POST /v1/sign-in-links/look', { body: { token: ours.signIn } })).status).toBe(200)
    expect((await ask('POST /v1/work-orders/look', { body: { token: ours.workOrder } })).status).toBe(200)
  })
})

function tokenOf(body: unknown): string {
  return new URL((body as { url: string }).url).hash.slice(1)
}
