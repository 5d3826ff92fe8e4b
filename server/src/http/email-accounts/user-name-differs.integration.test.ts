/** A user whose sign-in name differs from the address of the mailbox, from the sign-in to a sent message. */
import { expect, it } from 'vitest'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createConnectingStage } from '../../../test/kit/index.ts'
import { LIMITS_OWN, LIMITS_SHARED } from '../../transports/index.ts'

const SOFIA = { userName: 'slind@contoso.example', address: 'sofia.lind@contoso.example' }

const { ask, admin, newCloudProvider, begin, walk, rooms } = await createConnectingStage()
const provider = await newCloudProvider()
let keys = 0

async function connect({ userName, address }: typeof SOFIA): Promise<{ id: string; page: string }> {
  const signedIn = await walk(await begin(provider, { requestedAddress: address, requestedKind: 'user' }), userName)
  const grant = (await rooms.grants.list(provider)).find((each) => each.userName === userName)
  const about = { address, kind: 'user', name: address, key: `U${++keys}`, contact: 'ada@contoso.example' }
  const made = await ask('POST /v1/email-accounts', { as: admin, body: { ...about, grantId: grant?.id } })
  expect(made.status, made.text).toBe(201)
  return { id: (made.body as { id: string }).id, page: signedIn.text }
}

const sofia = await connect(SOFIA)

it('a different sign-in name is not reported as a sign-in for another mailbox', () => {
  expect(sofia.page).toContain('Sofia Lind')
  expect(sofia.page).not.toContain('the requested mailbox is')
  expect(sofia.page).not.toContain(`Sign in as ${SOFIA.address}`)
})

it('opens the mailbox as its owner, with a higher attachment limit than a delegate', async () => {
  const account = await rooms.emailAccounts.get(sofia.id as EmailAccountId)
  const { sending, reading } = await rooms.emailAccounts.transportOf(account)

  expect(sending.limits).toEqual(LIMITS_OWN)
  expect((await reading.listFolders()).map(({ role }) => role)).toContain('inbox')
})

it('opens the mailbox of another user as a delegate', async () => {
  const account = await rooms.emailAccounts.get(sofia.id as EmailAccountId)
  const { sending } = await rooms.emailAccounts.transportOf({ ...account, address: 'ben@contoso.example' })

  expect(sending.limits).toEqual(LIMITS_SHARED)
})

it('sends from its address', async () => {
  const tested = await ask(`POST /v1/email-accounts/${sofia.id}/send-test`, { as: admin })

  expect(tested.status, tested.text).toBe(200)
  expect(tested.body).toMatchObject({
    preflight: { checks: expect.arrayContaining([{ what: 'sends', outcome: 'ok' }]) as object },
  })
})
