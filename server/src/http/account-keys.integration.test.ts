import { expect, it } from 'vitest'
import {
  countStatements,
  createTestApp,
  createTestClock,
  storeEmailAccount,
  testDatabase,
} from '../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const own = await rooms.emailAccounts.get((await storeEmailAccount(database, clock)).id)
const other = await rooms.emailAccounts.get((await storeEmailAccount(database, clock)).id)
const as = await person('agent', [own.id])

it('keys of mailboxes are accepted in place of ids, in any case', async () => {
  for (const key of [own.key, own.key.toLowerCase()]) {
    expect((await ask(`GET /v1/conversations?emailAccountId=${key}`, { as })).status, key).toBe(200)
  }
  const admin = await person('admin')
  expect((await ask(`GET /v1/email-accounts/${own.key}`, { as: admin })).body).toMatchObject({ id: own.id })
  const made = await ask('POST /v1/api-keys', {
    as: admin,
    body: { name: 'K', scopes: ['mail:read'], emailAccountIds: [own.key, other.id] },
  })
  expect(made.body).toMatchObject({ emailAccountIds: [own.id, other.id] })
})

it('keys of mailboxes are accepted in lists of accounts', async () => {
  const admin = await person('admin')
  const created = await ask('POST /v1/webhooks', {
    as: admin,
    body: { name: 'Shop', url: 'https://shop.example/hook', accounts: [own.key, other.id] },
  })
  expect(created.body).toMatchObject({ accounts: [own.id, other.id] })

  const byKey = await ask(`GET /v1/events?accounts=${other.id},${own.key}`, { as: admin })
  const byUnknown = await ask('GET /v1/events?accounts=ZZZZZ', { as: admin })
  expect(byKey.status).toBe(200)
  expect(byUnknown.body).toMatchObject({ events: [] })
})

it('keys of mailboxes are accepted in a bulk change', async () => {
  const admin = await person('admin')
  const move = (key: string) => ({ kind: 'move', emailAccountId: key, from: own.key })
  const change = (view: string, target: string) =>
    ask('POST /v1/conversations/bulk', { as: admin, body: { view: { emailAccountId: view }, action: move(target) } })

  expect(await change(own.key, other.key)).toMatchObject({ status: 200, body: { changed: [] } })
  expect((await change(own.key, 'ZZZZZ')).status).toBe(404)
  const hidden = { ids: [other.id], action: move(other.key) }
  expect((await ask('POST /v1/conversations/bulk', { as, body: hidden })).status).toBe(404)
})

it('an unknown key is answered like the key of a mailbox that the caller cannot see', async () => {
  const answers = await Promise.all(
    [other.key, 'ZZZZZ'].map((key) => ask(`GET /v1/conversations?emailAccountId=${key}`, { as })),
  )
  for (const { status, body } of answers)
    expect({ status, body }).toMatchObject({ status: 404, body: { code: 'http.not_found' } })
})

it('takes one query for all keys of a request, and none for ids', async () => {
  const admin = await person('admin')
  const ask2 = (ids: readonly string[]) =>
    countStatements(database, () =>
      ask('POST /v1/api-keys', { as: admin, body: { name: 'K', scopes: ['mail:read'], emailAccountIds: ids } }),
    )
  const [byId, byKey] = [await ask2([own.id, other.id]), await ask2([own.key, other.key])]
  expect(byKey).toBe(byId + 1)
})

it('does not reveal by a route without mailboxes which keys exist', async () => {
  const answers = await Promise.all(
    [own.key, other.key, 'ZZZZZ'].map((key) => ask(`GET /v1/tags?emailAccountId=${key}`, { as })),
  )
  expect(new Set(answers.map(({ status }) => status)).size).toBe(1)
})
