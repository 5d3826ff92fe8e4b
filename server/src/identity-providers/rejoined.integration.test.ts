import { expect, it } from 'vitest'
import { newId, type PersonId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import { createTestApp, createTestClock, TEST_PASSWORD, testDatabase } from '../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { rooms, person } = await createTestApp(database, clock)
const { people } = rooms

async function link(id: PersonId): Promise<void> {
  const provider = newId()
  await database.pool.query(
    `INSERT INTO identity_providers (id, name, kind, issuer, client_id, admission, admin_values, agent_values, domains,
       is_enabled, created_at, updated_at)
     VALUES ($1, 'Contoso', 'openid', 'https://login.contoso.example', 'client', 'invited', '{}', '{}', '{}', true, now(), now())`,
    [provider],
  )
  await database.pool.query(
    `INSERT INTO linked_identities (id, identity_provider_id, subject, user_id, user_name, admitted_by, linked_at)
     VALUES ($1, $2, 'issuer subject', $3, 'jo', 'person', now())`,
    [newId(), provider, id],
  )
}

const linksOf = async (id: PersonId) =>
  (await database.pool.query('SELECT FROM linked_identities WHERE user_id = $1', [id])).rowCount

await person('admin')

it('identities of a removed person are refused, and are gone when the address joins again', async () => {
  const { id, email } = await person('agent')
  await link(id)
  await people.people.remove(id, 'test')
  expect(await linksOf(id)).toBe(1)

  const { url } = await people.links.invite({ email, name: 'New holder', role: 'agent', emailAccountIds: [] }, 'test')
  const token = new Secret(new URL(url.reveal()).hash.slice(1))
  const joined = await people.links.accept(token, { password: new Secret(TEST_PASSWORD) })

  expect(joined.id).toBe(id)
  expect(await linksOf(id)).toBe(0)
})
