import { expect, it } from 'vitest'
import type { PersonId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import {
  createTestApp,
  createTestClock,
  storeLinkedIdentity,
  TEST_PASSWORD,
  testDatabase,
} from '../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { rooms, person } = await createTestApp(database, clock)
const { people } = rooms

const linksOf = async (id: PersonId) =>
  (await database.pool.query('SELECT FROM linked_identities WHERE user_id = $1', [id])).rowCount

await person('admin')

it('identities of a removed person are refused, and are gone when the address joins again', async () => {
  const { id, email } = await person('agent')
  await storeLinkedIdentity(database, id)
  await people.people.remove(id, 'test')
  expect(await linksOf(id)).toBe(1)

  const { url } = await people.links.invite({ email, name: 'New holder', role: 'agent', emailAccountIds: [] }, 'test')
  const token = new Secret(new URL(url.reveal()).hash.slice(1))
  const joined = await people.links.accept(token, { password: new Secret(TEST_PASSWORD) })

  expect(joined.id).toBe(id)
  expect(await linksOf(id)).toBe(0)
})
