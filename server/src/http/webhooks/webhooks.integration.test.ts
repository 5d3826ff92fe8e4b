/** Owners of webhooks: people and keys of the team, and what they may read. */
import { expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const admin = await person('admin')
const YEAR_MS = 366 * 24 * 60 * 60_000
const input = { name: 'Shop', url: 'https://hooks.contoso.example/T0K3N', kinds: ['message.*'] }
const readable = async (owner: string) => (await rooms.people.webhookOwners([owner])).get(owner)

async function createKey(scopes: ('admin:write' | 'mail:read')[] = ['admin:write', 'mail:read']) {
  const { id, key } = await rooms.people.apiKeys.create({ name: 'Sync', scopes, emailAccountIds: 'all' }, admin.id)
  return { id, owner: `api-key:${id}`, headers: { authorization: `Bearer ${key.reveal()}` } }
}

it.each(['removed', 'demoted'])('an admin may have webhooks until they are %s', async (how) => {
  const { id } = await person('admin')
  expect(await readable(`person:${id}`)).toBe('all')
  const { status } = await (how === 'removed'
    ? ask(`DELETE /v1/people/${id}`, { as: admin })
    : ask(`PUT /v1/people/${id}/role`, { as: admin, body: { role: 'supervisor' } }))
  expect(status).toBeLessThan(300)
  expect(await readable(`person:${id}`)).toBeUndefined()
})

it('supervisors, agents and auditors may have no webhooks', async () => {
  for (const role of ['supervisor', 'agent', 'auditor'] as const) {
    expect(await readable(`person:${(await person(role)).id}`)).toBeUndefined()
  }
  expect(await readable('postkey')).toBeUndefined()
})

it('a webhook names its owner, and an admin takes over one of a key by activating it', async () => {
  const { owner, headers } = await createKey()
  const created = await ask('POST /v1/webhooks', { headers, body: input })
  expect(created).toMatchObject({ status: 201, body: { owner, ownerName: 'Sync' } })
  const { id } = created.body as { id: string }
  const taken = await ask(`PATCH /v1/webhooks/${id}`, { as: admin, body: { state: 'active', backlog: 'skip' } })
  expect(taken).toMatchObject({ status: 200, body: { owner: `person:${admin.id}`, ownerName: admin.name } })
  const theirs = await ask(`PATCH /v1/webhooks/${id}`, { headers, body: { url: 'https://other.contoso.example' } })
  expect(theirs).toMatchObject({ status: 403, body: { code: 'webhooks.not_owner' } })
})

it('a key may have webhooks while it works and may read mail', async () => {
  const [revoked, expired, some] = [await createKey(), await createKey(), await createKey()]
  expect([await readable(revoked.owner), await readable(expired.owner)]).toEqual(['all', 'all'])
  expect(await readable((await createKey(['admin:write'])).owner)).toBeUndefined()
  const account = await storeEmailAccount(database, clock)
  await database.pool.query('UPDATE api_keys SET email_account_ids = $1 WHERE id = $2', [[account.id], some.id])
  expect(await readable(some.owner)).toEqual([account.id])
  await ask(`DELETE /v1/api-keys/${revoked.id}`, { as: admin })
  expect(await readable(revoked.owner)).toBeUndefined()
  clock.advance(YEAR_MS)
  expect(await readable(expired.owner)).toBeUndefined()
})
